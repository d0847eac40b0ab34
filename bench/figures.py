"""All indicators of all communities beside one pass written by hand, and one community's card after a changed record.

Run inside the database of `bench.country`: `python -m bench.inside figures`.
"""

from __future__ import annotations

import json
import time
from datetime import date, timedelta

#: One GROUP BY of each table by community, joined to the communities, summed by street: what somebody who knows
#: today's definitions would write, with nothing kept of definitions, dates of the tree, or what stands below.
BY_HAND = """
CREATE TEMPORARY TABLE by_hand ON COMMIT DROP AS
WITH work AS (
    SELECT w.area_id,
           count(*) FILTER (WHERE w.kind = 'community_worker') AS staff,
           count(*) FILTER (WHERE w.kind = 'community_worker' AND c.held) AS held,
           count(*) FILTER (WHERE w.kind <> 'volunteer' AND c.valid) AS professionals
    FROM workforce_worker w LEFT JOIN (
        SELECT worker_id, bool_or(issued_on <= %(on)s) AS held,
               bool_or((registered_on <= %(on)s AND registered_until > %(on)s)
                       OR (registered_on IS NULL AND issued_on <= %(on)s AND issued_on > %(year)s)) AS valid
        FROM workforce_certificate GROUP BY worker_id
    ) c ON c.worker_id = w.id
    WHERE w.valid_from <= %(on)s AND (w.valid_to IS NULL OR w.valid_to > %(on)s) GROUP BY w.area_id
), ever_work AS (
    SELECT area_id, count(*) AS n FROM workforce_worker WHERE valid_from <= %(on)s GROUP BY area_id
), acted AS (
    SELECT DISTINCT organisation_id FROM orgs_organisationactivity WHERE "on" > %(year)s AND "on" <= %(on)s
), orgs AS (
    SELECT o.area_id, count(*) AS n, count(DISTINCT o.x_kind) AS kinds, count(a.organisation_id) AS active
    FROM orgs_organisation o LEFT JOIN acted a ON a.organisation_id = o.id
    WHERE o.valid_from <= %(on)s AND (o.valid_to IS NULL OR o.valid_to > %(on)s) GROUP BY o.area_id
), ever_orgs AS (
    SELECT area_id, count(*) AS n FROM orgs_organisation WHERE valid_from <= %(on)s GROUP BY area_id
), rooms AS (
    SELECT area_id, count(*) AS n FROM workforce_socialworkroom
    WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s) GROUP BY area_id
), served AS (
    SELECT s.area_id, count(*) AS n FROM orgs_organisationserves s JOIN orgs_organisation o ON o.id = s.organisation_id
    WHERE o.is_agency AND s.valid_from <= %(on)s AND (s.valid_to IS NULL OR s.valid_to > %(on)s)
      AND o.valid_from <= %(on)s AND (o.valid_to IS NULL OR o.valid_to > %(on)s) GROUP BY s.area_id
), covered AS (
    SELECT c.area_id, count(*) AS n
    FROM evaluation_sitecoverage c JOIN evaluation_demonstrationsite s ON s.id = c.site_id
    WHERE s.rank <> 'district' AND c.valid_from <= %(on)s AND (c.valid_to IS NULL OR c.valid_to > %(on)s)
      AND s.valid_from <= %(on)s AND (s.valid_to IS NULL OR s.valid_to > %(on)s) GROUP BY c.area_id
), known AS (
    SELECT area_id, count(*) AS n FROM evaluation_brand
    WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s) GROUP BY area_id
), smart AS (
    SELECT area_id, count(*) AS n FROM evaluation_smartcommunitystage
    WHERE "on" <= %(on)s AND stage IN ('pilot', 'running') GROUP BY area_id
), people AS (
    SELECT h.area_id, count(*) AS n FROM people_householdmember m JOIN people_household h ON h.id = m.household_id
    WHERE m.valid_from <= %(on)s AND (m.valid_to IS NULL OR m.valid_to > %(on)s) GROUP BY h.area_id
), triaged AS (
    SELECT area_id, count(*) AS n FROM matters_triage WHERE at > %(year)s GROUP BY area_id
), rated AS (
    SELECT area_id, count(*) AS n, count(*) FILTER (WHERE grade >= 3) AS good FROM matters_rating
    WHERE at > %(year)s GROUP BY area_id
), bought AS (
    SELECT area_id, count(*) AS n, sum(amount) AS amount FROM purchase_contract GROUP BY area_id
), talks AS (
    SELECT area_id, count(*) AS n FROM deliberation_deliberation WHERE published_at > %(year)s GROUP BY area_id
)
SELECT a.parent_id AS street, count(*) AS units,
       sum((rooms.n > 0)::int) AS rooms, sum((covered.n > 0)::int) AS covered, sum((known.n > 0)::int) AS known,
       sum((smart.n > 0)::int) AS smart, sum((served.n > 0)::int) AS served, sum(people.n) AS people,
       sum((ever_work.n IS NULL)::int) AS workers_unknown, sum((work.professionals >= 5)::int) AS professionals_met,
       sum(work.professionals) AS professionals, sum(work.staff) AS staff, sum(work.held) AS held,
       sum((work.held * 100 < 90 * work.staff)::int) AS held_short,
       sum((ever_orgs.n IS NULL)::int) AS orgs_unknown, sum((orgs.n >= 15)::int) AS orgs_met, sum(orgs.n) AS orgs,
       sum((orgs.kinds >= 4)::int) AS kinds_met, sum(orgs.active) AS active, sum((triaged.n > 0)::int) AS triaged,
       sum(rated.good) AS good, sum(rated.n) AS rated, sum((bought.n > 0)::int) AS bought, sum(bought.amount) AS amount,
       sum(talks.n) AS talks
FROM areas_area a
LEFT JOIN work ON work.area_id = a.id LEFT JOIN ever_work ON ever_work.area_id = a.id
LEFT JOIN orgs ON orgs.area_id = a.id LEFT JOIN ever_orgs ON ever_orgs.area_id = a.id
LEFT JOIN rooms ON rooms.area_id = a.id LEFT JOIN served ON served.area_id = a.id
LEFT JOIN covered ON covered.area_id = a.id LEFT JOIN known ON known.area_id = a.id
LEFT JOIN smart ON smart.area_id = a.id LEFT JOIN people ON people.area_id = a.id
LEFT JOIN triaged ON triaged.area_id = a.id LEFT JOIN rated ON rated.area_id = a.id
LEFT JOIN bought ON bought.area_id = a.id LEFT JOIN talks ON talks.area_id = a.id
WHERE a.level = 'community' AND a.valid_from <= %(on)s AND (a.valid_to IS NULL OR a.valid_to > %(on)s)
GROUP BY a.parent_id
"""


def by_hand(on: date) -> tuple[float, dict[str, int]]:
    """Seconds of the pass by hand, and sums by which both ways are seen to count the same."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        begin = time.perf_counter()
        cursor.execute(BY_HAND, {"on": on, "year": on - timedelta(days=365)})
        took = time.perf_counter() - begin
        names = ("units", "rooms", "orgs_met", "staff", "held", "covered")
        cursor.execute(f"SELECT {', '.join(f'sum({name})::bigint' for name in names)} FROM by_hand")
        return took, dict(zip(names, cursor.fetchone(), strict=True))


def ours(on: date) -> tuple[float, int]:
    """Seconds of computing and storing every figure of a day, and how many were stored."""
    from sanshe.indicators.actions import compute
    from sanshe.kernel import clock

    begin = time.perf_counter()
    made = compute(on, clock.now())
    return time.perf_counter() - begin, made


def _stored(on: date) -> dict[str, int]:
    """The same sums from what was stored for the areas at the top: a few communities stand under no street."""
    from django.db.models import Sum

    from sanshe.indicators.models import StoredFigure

    rows = StoredFigure.objects.filter(on=on, area__parent=None).values_list("indicator")
    found = {name: (good or 0, of or 0) for name, good, of in rows.annotate(g=Sum("numerator"), d=Sum("denominator"))}
    return {
        "rooms": found["communities_with_social_work_room"][0],
        "orgs_met": found["organisations_per_community"][0],
        "staff": found["certified_community_workers"][1],
        "held": found["certified_community_workers"][0],
        "covered": found["communities_in_demonstration_sites"][0],
    }


def card(on: date) -> dict[str, float]:
    """Seconds until the card of a community, and of its street, shows a record that was just changed."""
    from sanshe.areas.public import Area
    from sanshe.indicators.queries import report
    from sanshe.workforce.models import Worker

    worker = Worker.objects.filter(kind="community_worker", certificates__registered_until__gt=on, valid_to=None)
    one = worker.filter(valid_from__lt=on, certificates__registered_on__lt=on).order_by("-id").first()
    assert one is not None
    community = Area.objects.get(pk=one.area_id)
    name, out = "professionals_per_community", {}
    for label, area in (("card", community), ("street_card", community.parent)):
        assert area is not None
        before = report(area, on).figure(name).tally
        one.valid_to = on
        begin = time.perf_counter()
        one.save()
        after = report(area, on).figure(name).tally
        out[label] = time.perf_counter() - begin
        assert after.total == before.total - 1, (before, after)
        one.valid_to = None
        one.save()
    return out


def figures(rounds: int) -> None:
    """Print rows, seconds by hand and ours (the middle of some turns), whether they agree, and the cards."""
    from django.db import connection

    from sanshe.kernel import clock
    from sanshe.orgs.models import Organisation
    from sanshe.workforce.models import Worker

    on = clock.today()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM areas_area WHERE level = 'community'")
        communities = cursor.fetchone()[0]
    turns = []
    for _ in range(rounds):
        reference, sums = by_hand(on)
        took, made = ours(on)
        turns.append((took, reference))
    took, reference = sorted(turns, key=lambda turn: turn[0] / turn[1])[rounds // 2]
    stored = _stored(on)
    out = {
        "communities": communities, "organisations": Organisation.objects.count(), "workers": Worker.objects.count(),
        "made": made, "seconds": took, "reference": reference, "cards": card(on),
        "differ": {name: [sums[name], stored[name]] for name in stored if int(sums[name] or 0) != int(stored[name])},
    }  # fmt: skip
    print(json.dumps(out))
