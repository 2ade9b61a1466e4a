-- Accounts whose holder's data were taken out. The row stays, because histories and the audit name it by its id.
alter table identity.sign_ins add column erased_at timestamptz check (erased_at is null or disabled_at is not null);
grant delete on identity.setup_links to alur_app;
