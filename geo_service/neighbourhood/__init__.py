"""Floor 1: the neighbourhood around the plots: concerns, mediations, projects, occasions, contacts, children's places.

Places are points or shapes in degrees lon, lat (EPSG:4326): they come from phones, pages and Open311, and go to layers.
Nothing here knows plots, work or storage; links are codes.
"""
