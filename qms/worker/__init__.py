"""The worker: one process beside the web that runs jobs, the day job, mail and the search follower."""
