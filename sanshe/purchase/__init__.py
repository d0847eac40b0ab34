"""Buying services (购买服务): needs, projects, comparison selection (比选), contracts, delivery, renewal.

Stands above deliberation, whose outcomes state needs, and below indicators. Bids are sealed by the
package `sealing`, which knows neither the database nor HTTP.
"""
