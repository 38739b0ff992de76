"""Published years and periods → the results site: static pages and open data that any web server shows.

Open building.py first: it gathers the editions, writes pages and files, and puts the new site in the place of the old.
"""
