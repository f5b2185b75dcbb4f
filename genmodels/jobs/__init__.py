"""Long jobs on a server that many users share.

job_queue   JobQueue (submit, get, position, pause, resume, stop), Job
"""
