//! models, ping, judge, again, show --wire, and the flags that choose models.
