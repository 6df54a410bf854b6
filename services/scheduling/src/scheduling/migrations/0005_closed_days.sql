-- Days on which an enterprise takes no visit besides its weekdays, such as a factory's holidays.
alter table enterprise add closed_days date[] not null default '{}';
