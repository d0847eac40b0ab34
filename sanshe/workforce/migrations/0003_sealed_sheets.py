"""An approved allowance sheet is frozen: hand-written triggers, ENABLE ALWAYS, refuse to change it or its lines."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION workforce_sheet_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'approved' THEN
    RAISE EXCEPTION '已核准的津贴月表不能修改或删除' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION workforce_line_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held bigint[];
BEGIN
  held := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.sheet_id] WHEN 'DELETE' THEN ARRAY[OLD.sheet_id]
          ELSE ARRAY[OLD.sheet_id, NEW.sheet_id] END;
  IF EXISTS (SELECT 1 FROM workforce_allowancesheet WHERE id = ANY(held) AND state = 'approved') THEN
    RAISE EXCEPTION '已核准的津贴月表不能修改或删除' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER workforce_sheet_guard BEFORE UPDATE OR DELETE ON workforce_allowancesheet
  FOR EACH ROW EXECUTE FUNCTION workforce_sheet_refuse();
CREATE TRIGGER workforce_line_guard BEFORE INSERT OR UPDATE OR DELETE ON workforce_allowanceline
  FOR EACH ROW EXECUTE FUNCTION workforce_line_refuse();
ALTER TABLE workforce_allowancesheet ENABLE ALWAYS TRIGGER workforce_sheet_guard;
ALTER TABLE workforce_allowanceline ENABLE ALWAYS TRIGGER workforce_line_guard;
"""

BACKWARD = """
DROP TRIGGER workforce_sheet_guard ON workforce_allowancesheet;
DROP TRIGGER workforce_line_guard ON workforce_allowanceline;
DROP FUNCTION workforce_sheet_refuse();
DROP FUNCTION workforce_line_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("workforce", "0002_registers"),
    ]

    operations = [
        migrations.AddField(
            model_name="allowancesheet",
            name="submitted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="报送人",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
