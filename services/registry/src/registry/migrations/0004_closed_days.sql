-- Days on which an enterprise is closed besides its weekdays, such as a factory's holidays. Never null; the column says
-- it not, because an instance of the version before copies rows through a table like this one, without defaults.
alter table enterprise add column closed_days date[] default '{}';
