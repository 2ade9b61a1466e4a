drop index delivery.jobs_hooks;
