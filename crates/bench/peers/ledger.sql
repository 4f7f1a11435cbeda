-- What a careful team would write in PostgreSQL: a durable ledger of reservations in one stored procedure.
-- Never below zero, one charge per person, product and 24 hours, one answer per request.
create table bucket (
    id      int    primary key,
    balance bigint not null check (balance >= 0)
) with (fillfactor = 50);
create table paid (
    person  int         not null,
    product int         not null,
    until   timestamptz not null,
    primary key (person, product)
) with (fillfactor = 80);
create table entry (
    request bigint      primary key,
    person  int         not null,
    product int         not null,
    bucket  int         not null,
    tokens  int         not null,
    at      timestamptz not null default now()
);
insert into bucket select number, 1000000000000 from generate_series(0, 119) as number;

-- 1: the running window is paid for already; 2: reserved.
create function reserve(request bigint, person int, product int, bucket int, tokens int)
returns int language plpgsql as $$
declare opened timestamptz;
begin
    insert into paid as p (person, product, until)
        values (reserve.person, reserve.product, now() + interval '24 hours')
        on conflict on constraint paid_pkey
        do update set until = excluded.until where p.until <= now()
        returning p.until into opened;
    if opened is null then
        return 1;
    end if;
    update bucket as b set balance = b.balance - reserve.tokens
        where b.id = reserve.bucket and b.balance >= reserve.tokens;
    if not found then
        raise exception 'bucket exhausted';
    end if;
    insert into entry (request, person, product, bucket, tokens)
        values (reserve.request, reserve.person, reserve.product, reserve.bucket, reserve.tokens);
    return 2;
end
$$;
