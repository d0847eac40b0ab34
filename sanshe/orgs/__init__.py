"""Social organisations: the register, and who they are to everybody else.

Words: a social organisation is a body (areas.Body) with a register entry here. It is registered with the
authorities, managed by the street, or guided by the community. Below: areas, accounts. Above: workforce, purchase.
"""
