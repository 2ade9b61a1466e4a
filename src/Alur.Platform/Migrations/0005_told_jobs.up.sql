-- What the destination may know of a job beyond its state. "Already there" is read in the light of these three.
alter table delivery.jobs
    add column unanswered   boolean not null default false, -- a call may have arrived without our knowing: no answer came, or its lease ran out
    add column replaced     boolean not null default false, -- and the payload is another one since
    add column acknowledged boolean not null default false, -- the destination said that it has it; what exactly is still to be asked
    add check (unanswered or not replaced);

-- Of older jobs nobody noted it. Where a call may have arrived (a lease that was never settled, a try without a clear answer), doubt is the honest
-- value: the destination is asked before anything is concluded. Every other row stays as it is.
update delivery.jobs j set unanswered = true, replaced = j.state <> 'SENT'
where j.claims > j.attempts or exists (select 1 from delivery.attempts a where a.job_id = j.id and a.outcome = 'RETRY_LATER');
