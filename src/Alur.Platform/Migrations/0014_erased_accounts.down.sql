revoke delete on identity.setup_links from alur_app;
alter table identity.sign_ins drop column erased_at;
