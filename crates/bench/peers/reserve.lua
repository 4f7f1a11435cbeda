-- Keys: the window of person and product, the bucket. Arguments: tokens, seconds of a window.
-- 0: exhausted; 1: the running window is paid for already; 2: reserved.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 1
end
local left = tonumber(redis.call('GET', KEYS[2]) or '0')
local tokens = tonumber(ARGV[1])
if left < tokens then
  return 0
end
redis.call('DECRBY', KEYS[2], tokens)
redis.call('SET', KEYS[1], '1', 'EX', ARGV[2])
return 2
