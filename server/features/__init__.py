"""What the editor shows, one feature a module: functions from an analysis and a place to plain data.

Places are offsets and spans of the text. Nothing here knows the protocol.
"""
