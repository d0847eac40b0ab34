"""Those who do social work: social work rooms, social workers, the experts who judge services.

Below: areas, accounts, orgs. Above: purchase (experts), indicators (rooms). Certificates, training and allowances come
with the registers.
"""
