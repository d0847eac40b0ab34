"""Deliberation (协商): what is settled together, from a topic to an outcome that is carried out.

Words: topic (议题线索: what waits to be deliberated, mostly a matter triaged as 小事), deliberation (协商),
participant (参加人: member with a vote, observer, or online only), statement (意见, one sentence), vote (表态),
meeting (会议), resolution (决议), outcome (协商意见), need (需求, what an outcome asks to be bought), task (任务).
Neighbours: matters is below (a hook on its triage makes a topic, closing finishes the matters that joined);
purchase is above and takes up the needs that an outcome states.
"""
