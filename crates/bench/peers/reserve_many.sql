\set person random(1, 100000000)
\set product random(1, 40)
\set bucket random(0, 119)
\set request random(1, 4000000000000000000)
select reserve(:request, :person, :product, :bucket, 10);
