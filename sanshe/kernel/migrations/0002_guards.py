"""The audit is append-only: hand-written triggers, ENABLE ALWAYS, so that no session setting passes them by.

The personal side may be emptied through one function only, which runs as the owner of the tables.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION kernel_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '审计记录只能增加，不能修改或删除（%）', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION kernel_audit_guard_personal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('sanshe.forget', true) = OLD.entry_id::text THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '审计记录的个人信息部分只能按规定逐条清除（%）', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER kernel_audit_entry_guard BEFORE UPDATE OR DELETE ON kernel_audit_entry
  FOR EACH ROW EXECUTE FUNCTION kernel_audit_refuse();
CREATE TRIGGER kernel_audit_entry_guard_all BEFORE TRUNCATE ON kernel_audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_audit_refuse();
CREATE TRIGGER kernel_audit_seal_guard BEFORE UPDATE OR DELETE ON kernel_audit_seal
  FOR EACH ROW EXECUTE FUNCTION kernel_audit_refuse();
CREATE TRIGGER kernel_audit_seal_guard_all BEFORE TRUNCATE ON kernel_audit_seal
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_audit_refuse();
CREATE TRIGGER kernel_audit_personal_guard BEFORE UPDATE OR DELETE ON kernel_audit_personal
  FOR EACH ROW EXECUTE FUNCTION kernel_audit_guard_personal();
CREATE TRIGGER kernel_audit_personal_guard_all BEFORE TRUNCATE ON kernel_audit_personal
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_audit_refuse();

ALTER TABLE kernel_audit_entry ENABLE ALWAYS TRIGGER kernel_audit_entry_guard;
ALTER TABLE kernel_audit_entry ENABLE ALWAYS TRIGGER kernel_audit_entry_guard_all;
ALTER TABLE kernel_audit_seal ENABLE ALWAYS TRIGGER kernel_audit_seal_guard;
ALTER TABLE kernel_audit_seal ENABLE ALWAYS TRIGGER kernel_audit_seal_guard_all;
ALTER TABLE kernel_audit_personal ENABLE ALWAYS TRIGGER kernel_audit_personal_guard;
ALTER TABLE kernel_audit_personal ENABLE ALWAYS TRIGGER kernel_audit_personal_guard_all;

CREATE FUNCTION kernel_audit_forget(entry bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('sanshe.forget', entry::text, true);
  DELETE FROM kernel_audit_personal WHERE entry_id = entry;
  PERFORM set_config('sanshe.forget', '', true);
END $$;
"""

BACKWARD = """
DROP FUNCTION kernel_audit_forget(bigint);
DROP TRIGGER kernel_audit_entry_guard ON kernel_audit_entry;
DROP TRIGGER kernel_audit_entry_guard_all ON kernel_audit_entry;
DROP TRIGGER kernel_audit_seal_guard ON kernel_audit_seal;
DROP TRIGGER kernel_audit_seal_guard_all ON kernel_audit_seal;
DROP TRIGGER kernel_audit_personal_guard ON kernel_audit_personal;
DROP TRIGGER kernel_audit_personal_guard_all ON kernel_audit_personal;
DROP FUNCTION kernel_audit_refuse();
DROP FUNCTION kernel_audit_guard_personal();
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
