alter table delivery.jobs drop column acknowledged, drop column replaced, drop column unanswered;
