"""Sanshe (三社): one platform for community, social organisations and social work."""
