"""Disputes (人民调解, E12): from the application to an agreement that is kept, confidential throughout.

Words: dispute (纠纷), party (当事人), mediator (调解员), sitting (调解一次), term (协议约定的一项), tie (声明的关系).
The frame is the law on people's mediation (人民调解法): voluntary, free of charge, never in the way of a court. Read by
the parties, the assigned mediator and the head of the community's mediation committee, and by
nobody else; others see counts.
Neighbours: matters is below (a matter's page leads here and shows no more than that it did).
"""
