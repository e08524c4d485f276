import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { Ratelimit, MultiRegionRatelimit } from '@upstash/ratelimit'
import { Redis } from '@upstash/redis'

const url = process.env.MILLRACE_URL ?? 'http://localhost:8080/redis'
const token = process.env.MILLRACE_KEY ?? 'none'
const readToken = process.env.MILLRACE_READ_KEY
const client = (options = {}) => new Redis({ url, token, retry: false, enableTelemetry: false, ...options })
const redis = client({ enableAutoPipelining: false })
const key = () => 'k-' + randomUUID()

const raw = (command, headers = {}, path = '') => fetch(url + path, {
  method: 'POST', body: JSON.stringify(command), headers: { authorization: 'Bearer ' + token, ...headers }
})
const has = async command => (await (await raw(['COMMAND', 'INFO', command])).json()).result[0] !== null
/** A test that is skipped where Redis lacks one of the commands. */
const testOf = (commands, name, body) => test(name, async t => {
  for (const command of commands) {
    if (!await has(command)) return t.skip('Redis has no ' + command)
  }
  await body(t)
})
async function eventually(check) {
  for (let i = 0; ; i++) {
    try { return await check() } catch (e) {
      if (i === 600) throw e
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}

before(async () => { assert.equal(await redis.flushdb(), 'OK') })

describe('strings', () => {
  test('set and its options', async () => {
    const k = key()
    assert.equal(await redis.set(k, 'v', { ex: 100, nx: true }), 'OK')
    assert.equal(await redis.set(k, 'w', { nx: true }), null)
    assert.equal(await redis.set(k, 'w', { get: true, keepTtl: true }), 'v')
    assert.ok(await redis.ttl(k) > 90)
    assert.equal(await redis.setnx(k, 'x'), 0)
    assert.equal(await redis.getset(k, 'y'), 'w')
    assert.equal(await redis.setex(k, 10, 'z'), 'OK')
    assert.equal(await redis.psetex(k, 10000, 'z'), 'OK')
    assert.equal(await redis.getex(k, { persist: true }), 'z')
    assert.equal(await redis.ttl(k), -1)
    assert.equal(await redis.getdel(k), 'z')
    assert.equal(await redis.get(k), null)
  })
  test('parts of strings, and numbers', async () => {
    const k = key()
    assert.equal(await redis.append(k, 'hello'), 5)
    assert.equal(await redis.setrange(k, 1, 'a'), 5)
    assert.equal(await redis.getrange(k, 0, 1), 'ha')
    assert.equal(await redis.strlen(k), 5)
    assert.equal(await redis.incr(k + 'n'), 1)
    assert.equal(await redis.incrby(k + 'n', 10), 11)
    assert.equal(await redis.decr(k + 'n'), 10)
    assert.equal(await redis.decrby(k + 'n', 5), 5)
    assert.equal(await redis.incrbyfloat(k + 'n', 0.5), 5.5)
  })
  test('several at once', async () => {
    const [a, b, c] = [key(), key(), key()]
    assert.equal(await redis.mset({ [a]: 1, [b]: { x: [1, null] } }), 'OK')
    assert.deepEqual(await redis.mget(a, b, c), [1, { x: [1, null] }, null])
    assert.equal(await redis.msetnx({ [a]: 2, [c]: 2 }), 0)
    assert.equal(await redis.exists(a, b, c), 2)
    assert.equal(await redis.touch(a, b), 2)
    assert.equal(await redis.unlink(a), 1)
    assert.equal(await redis.del(b, c), 1)
  })
  test('JSON, numbers that look like strings, and OK', async () => {
    const k = key()
    for (const value of [{ a: { b: [true, null, 1.5, 'ä'] } }, [], 12, true, 'OK', 'plain', '', 'null-ish']) {
      await redis.set(k, value)
      assert.deepEqual(await redis.get(k), value)
    }
    await redis.rpush(k + 'l', 'OK', 'T0s=')
    assert.deepEqual(await redis.lrange(k + 'l', 0, -1), ['OK', 'T0s='])
  })
})

describe('bytes', () => {
  const texts = ['grüße', '日本語', '🎉👩‍👩‍👧', 'a\0b', '\u001b"\\\n\r\t', ' ', '%2F+/?#&', 'x'.repeat(100_000), '\ufeffbom', '\u2028']
  test('any text comes back as it was, with base64 and without', async () => {
    for (const responseEncoding of ['base64', false]) {
      const r = client({ responseEncoding, automaticDeserialization: false })
      for (const text of texts) {
        const k = key()
        await r.set(k + text, text)
        // The SDK's decoder drops a byte order mark.
        const expected = responseEncoding ? text.replace('\ufeff', '') : text
        assert.equal(await r.get(k + text), expected)
        await r.hset(k, { [text]: text })
        assert.equal(await r.hget(k, text), expected)
        assert.deepEqual((await r.keys(k + '*')).length, 2)
      }
    }
  })
  test('binary values come back byte by byte', async () => {
    const k = key()
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    const stored = await fetch(`${url}/set/${k}`, { method: 'POST', body: bytes, headers: { authorization: 'Bearer ' + token } })
    assert.deepEqual(await stored.json(), { result: 'OK' })
    const answer = await (await raw(['GET', k], { 'Upstash-Encoding': 'base64' })).json()
    assert.deepEqual(Buffer.from(answer.result, 'base64'), bytes)
    assert.equal(await redis.strlen(k), 256)
  })
  test('values of 5 MB', async () => {
    const k = key()
    const value = 'é'.repeat(2_500_000)
    await redis.set(k, value)
    assert.equal(await redis.get(k), value)
    await redis.del(k)
  })
})

describe('hashes', () => {
  test('fields', async () => {
    const k = key()
    assert.equal(await redis.hset(k, { a: 1, b: { c: 2 }, d: 'x' }), 3)
    assert.equal(await redis.hget(k, 'a'), 1)
    assert.deepEqual(await redis.hgetall(k), { a: 1, b: { c: 2 }, d: 'x' })
    assert.equal(await redis.hgetall(key()), null)
    assert.deepEqual(await redis.hmget(k, 'a', 'none'), { a: 1, none: null })
    assert.deepEqual((await redis.hkeys(k)).sort(), ['a', 'b', 'd'])
    assert.equal((await redis.hvals(k)).length, 3)
    assert.equal(await redis.hlen(k), 3)
    assert.equal(await redis.hexists(k, 'a'), 1)
    assert.equal(await redis.hincrby(k, 'a', 4), 5)
    assert.equal(await redis.hincrbyfloat(k, 'a', 0.5), 5.5)
    assert.equal(await redis.hsetnx(k, 'a', 1), 0)
    assert.equal(await redis.hstrlen(k, 'd'), 1)
    assert.equal(await redis.hmset(k, { e: 1 }), 'OK')
    assert.equal(Object.keys(await redis.hrandfield(k, 2, true)).length, 2)
    const [cursor, pairs] = await redis.hscan(k, 0, { match: 'a*' })
    assert.deepEqual([cursor, pairs], ['0', ['a', 5.5]])
    assert.equal(await redis.hdel(k, 'a', 'b'), 2)
  })
  testOf(['HEXPIRE'], 'fields that expire', async () => {
    const k = key()
    await redis.hset(k, { a: 1, b: 2 })
    assert.deepEqual(await redis.hexpire(k, 'a', 100), [1])
    assert.ok((await redis.httl(k, 'a'))[0] > 90)
    assert.deepEqual(await redis.hpersist(k, 'a'), [1])
  })
  testOf(['HGETDEL', 'HGETEX', 'HSETEX'], 'fields that are read and removed at once', async () => {
    const k = key()
    await redis.hset(k, { a: 1, b: 2 })
    assert.deepEqual(await redis.hgetdel(k, 'a'), { a: 1 })
    assert.deepEqual(await redis.hgetex(k, { ex: 100 }, 'b'), { b: 2 })
  })
})

describe('lists', () => {
  test('elements', async () => {
    const k = key()
    assert.equal(await redis.rpush(k, 'b', 'c'), 2)
    assert.equal(await redis.lpush(k, 'a'), 3)
    assert.deepEqual(await redis.lrange(k, 0, -1), ['a', 'b', 'c'])
    assert.equal(await redis.lpushx(key(), 'a'), 0)
    assert.equal(await redis.rpushx(k, 'd'), 4)
    assert.equal(await redis.linsert(k, 'before', 'b', 'ab'), 5)
    assert.equal(await redis.lindex(k, 1), 'ab')
    assert.equal(await redis.lset(k, 1, 'x'), 'OK')
    assert.equal(await redis.lpos(k, 'x'), 1)
    assert.equal(await redis.lrem(k, 0, 'x'), 1)
    assert.equal(await redis.llen(k), 4)
    assert.equal(await redis.lmove(k, k + '2', 'left', 'right'), 'a')
    assert.equal(await redis.ltrim(k, 0, 1), 'OK')
    assert.deepEqual(await redis.lpop(k, 2), ['b', 'c'])
    assert.equal(await redis.rpop(k + '2'), 'a')
  })
  testOf(['LMPOP'], 'from the first list that has some', async () => {
    const k = key()
    await redis.rpush(k, 'a', 'b')
    assert.deepEqual(await redis.lmpop(2, [key(), k], 'LEFT', 2), [k, ['a', 'b']])
  })
})

describe('sets', () => {
  test('members', async () => {
    const [a, b, c] = [key(), key(), key()]
    assert.equal(await redis.sadd(a, 'x', 'y', 'z'), 3)
    assert.equal(await redis.sadd(b, 'y', 'z', 'w'), 3)
    assert.equal(await redis.scard(a), 3)
    assert.equal(await redis.sismember(a, 'x'), 1)
    assert.deepEqual(await redis.smismember(a, ['x', 'n']), [1, 0])
    assert.deepEqual((await redis.smembers(a)).sort(), ['x', 'y', 'z'])
    assert.deepEqual((await redis.sinter(a, b)).sort(), ['y', 'z'])
    assert.deepEqual(await redis.sdiff(a, b), ['x'])
    assert.equal((await redis.sunion(a, b)).length, 4)
    assert.equal(await redis.sinterstore(c, a, b), 2)
    assert.equal(await redis.sdiffstore(c, a, b), 1)
    assert.equal(await redis.sunionstore(c, a, b), 4)
    assert.equal(await redis.smove(a, b, 'x'), 1)
    assert.equal((await redis.srandmember(c, 2)).length, 2)
    assert.equal((await redis.sscan(c, 0))[1].length, 4)
    assert.equal((await redis.spop(c, 4)).length, 4)
    assert.equal(await redis.srem(b, 'x'), 1)
  })
  testOf(['SINTERCARD'], 'how many are in all', async () => {
    const k = key()
    await redis.sadd(k, 1, 2)
    assert.equal(await redis.sintercard([k, k]), 2)
  })
})

describe('sorted sets', () => {
  test('members', async () => {
    const [a, b, c] = [key(), key(), key()]
    assert.equal(await redis.zadd(a, { score: 1, member: 'x' }, { score: 2, member: 'y' }, { score: 3, member: 'z' }), 3)
    assert.equal(await redis.zadd(a, { xx: true, incr: true }, { score: 0.5, member: 'x' }), 1.5)
    assert.equal(await redis.zscore(a, 'x'), 1.5)
    assert.deepEqual(await redis.zmscore(a, ['x', 'n']), [1.5, null])
    assert.equal(await redis.zincrby(a, 1, 'x'), 2.5)
    assert.deepEqual(await redis.zrange(a, 0, -1, { withScores: true }), ['y', 2, 'x', 2.5, 'z', 3])
    assert.deepEqual(await redis.zrange(a, '(2', '+inf', { byScore: true, rev: false, offset: 0, count: 1 }), ['x'])
    assert.equal(await redis.zrank(a, 'x'), 1)
    assert.equal(await redis.zrevrank(a, 'z'), 0)
    assert.equal(await redis.zcard(a), 3)
    assert.equal(await redis.zcount(a, 2, '+inf'), 3)
    assert.equal(await redis.zlexcount(a, '-', '+'), 3)
    await redis.zadd(b, { score: 10, member: 'x' })
    assert.equal(await redis.zunionstore(c, 2, [a, b], { weights: [1, 2], aggregate: 'max' }), 3)
    assert.equal(await redis.zscore(c, 'x'), 20)
    assert.equal(await redis.zinterstore(c, 2, [a, b]), 1)
    assert.equal(await redis.zdiffstore(c, 2, a, b), 2)
    assert.equal((await redis.zunion(2, [a, b], { withScores: true })).length, 6)
    assert.equal((await redis.zscan(a, 0))[1].length, 6)
    assert.deepEqual(await redis.zpopmin(a), ['y', 2])
    assert.deepEqual(await redis.zpopmax(a), ['z', 3])
    assert.equal(await redis.zremrangebyscore(a, 100, 200), 0)
    assert.equal(await redis.zremrangebyrank(a, 5, 6), 0)
    assert.equal(await redis.zremrangebylex(a, '[q', '[r'), 0)
    assert.equal(await redis.zrem(a, 'x'), 1)
  })
})

describe('streams', () => {
  test('entries', async () => {
    const k = key()
    const first = await redis.xadd(k, '*', { a: 1, b: 'two' })
    assert.match(first, /^\d+-\d+$/)
    const second = await redis.xadd(k, '*', { a: 2 }, { trim: { type: 'MAXLEN', comparison: '~', threshold: 1000 } })
    assert.equal(await redis.xlen(k), 2)
    assert.deepEqual(await redis.xrange(k, '-', '+'), { [first]: { a: 1, b: 'two' }, [second]: { a: 2 } })
    assert.deepEqual(Object.keys(await redis.xrevrange(k, '+', '-', 1)), [second])
    assert.deepEqual(await redis.xread(k, '0-0', { count: 1 }), [[k, [[first, ['a', 1, 'b', 'two']]]]])
    assert.equal(await redis.xgroup(k, { type: 'CREATE', group: 'g', id: '0' }), 'OK')
    const read = await redis.xreadgroup('g', 'c', k, '>', { count: 2 })
    assert.equal(read[0][1].length, 2)
    assert.equal((await redis.xpending(k, 'g', '-', '+', 10)).length, 2)
    assert.equal(await redis.xack(k, 'g', first), 1)
    assert.equal(Object.keys(await redis.xclaim(k, 'g', 'd', 0, second)).length > 0, true)
    assert.equal((await redis.xautoclaim(k, 'g', 'e', 0, '0')).length >= 2, true)
    assert.ok((await redis.xinfo(k, { type: 'GROUPS' })).length > 0)
    assert.equal(await redis.xtrim(k, { strategy: 'MAXLEN', threshold: 1, exactness: '=' }), 1)
    assert.equal(await redis.xdel(k, second), 1)
  })
  test('waiting for entries is refused', async () => {
    await assert.rejects(redis.xread(key(), '$', { blockMS: 0 }), /NOPERM/)
  })
})

describe('bitmaps, geo, HyperLogLog, JSON', () => {
  test('bits', async () => {
    const k = key()
    assert.equal(await redis.setbit(k, 7, 1), 0)
    assert.equal(await redis.getbit(k, 7), 1)
    assert.equal(await redis.bitcount(k, 0, -1), 1)
    assert.equal(await redis.bitpos(k, 1), 7)
    assert.equal(await redis.bitop('not', k + '2', k), 1)
    assert.deepEqual(await redis.bitfield(k).set('u4', 0, 5).get('u4', 0).incrby('u4', 0, 1).exec(), [0, 5, 6])
  })
  test('places', async () => {
    const k = key()
    assert.equal(await redis.geoadd(k, { longitude: 13.361389, latitude: 38.115556, member: 'Palermo' },
      { longitude: 15.087269, latitude: 37.502669, member: 'Catania' }), 2)
    assert.equal(Math.round(await redis.geodist(k, 'Palermo', 'Catania', 'KM')), 166)
    assert.equal((await redis.geohash(k, ['Palermo']))[0], 'sqc8b49rny0')
    assert.equal(Math.round((await redis.geopos(k, ['Palermo']))[0].lng), 13)
    const near = await redis.geosearch(k, { type: 'FROMLONLAT', coordinate: { lon: 15, lat: 37 } },
      { type: 'BYRADIUS', radius: 200, radiusType: 'KM' }, 'ASC', { withDist: true })
    assert.deepEqual(near.map(place => place.member), ['Catania', 'Palermo'])
    assert.equal(await redis.geosearchstore(k + '2', k, { type: 'FROMMEMBER', member: 'Palermo' },
      { type: 'BYBOX', rect: { width: 10, height: 10 }, rectType: 'KM' }, 'ASC'), 1)
  })
  test('counting', async () => {
    const k = key()
    assert.equal(await redis.pfadd(k, 'a', 'b', 'c'), 1)
    assert.equal(await redis.pfcount(k), 3)
    assert.equal(await redis.pfmerge(k + '2', k), 'OK')
  })
  testOf(['JSON.SET'], 'JSON', async () => {
    const k = key()
    assert.equal(await redis.json.set(k, '$', { a: [1, 2] }), 'OK')
    assert.deepEqual(await redis.json.get(k, '$.a'), [[1, 2]])
    assert.deepEqual(await redis.json.arrappend(k, '$.a', 3), [3])
  })
})

describe('keys', () => {
  test('expiry', async () => {
    const k = key()
    await redis.set(k, 1)
    assert.equal(await redis.expire(k, 100), 1)
    assert.ok(await redis.ttl(k) > 90)
    assert.equal(await redis.pexpire(k, 100_000), 1)
    assert.ok(await redis.pttl(k) > 90_000)
    assert.equal(await redis.expireat(k, Math.floor(Date.now() / 1000) + 100), 1)
    assert.equal(await redis.pexpireat(k, Date.now() + 100_000), 1)
    assert.equal(await redis.persist(k), 1)
    assert.equal(await redis.expire(k, -1), 1)
    assert.equal(await redis.exists(k), 0)
  })
  test('keys, scan, and what is about them', async () => {
    const prefix = key()
    const names = Array.from({ length: 2500 }, (_, i) => `${prefix}:${i}`)
    await redis.mset(Object.fromEntries(names.map(name => [name, 1])))
    assert.deepEqual((await redis.keys(prefix + '*')).sort(), [...names].sort())
    const found = new Set()
    let cursor = '0'
    do {
      const [next, page] = await redis.scan(cursor, { match: prefix + '*', count: 500, type: 'string' })
      page.forEach(name => found.add(name))
      cursor = next
    } while (cursor !== '0')
    assert.equal(found.size, 2500)
    assert.equal(await redis.type(names[0]), 'string')
    assert.equal(await redis.rename(names[0], prefix + ':r'), 'OK')
    assert.equal(await redis.renamenx(names[1], prefix + ':r'), 0)
    assert.equal(await redis.copy(names[1], prefix + ':c'), 'COPIED')
    assert.ok(await redis.randomkey())
    assert.ok(await redis.dbsize() >= 2501)
  })
  test('the server', async () => {
    assert.equal(await redis.ping(), 'PONG')
    assert.equal(await redis.echo('hi'), 'hi')
    assert.equal((await redis.time()).length, 2)
  })
})

describe('several commands', () => {
  test('a thousand in one tick go as one request', async () => {
    const auto = client({ enableAutoPipelining: true })
    const k = key()
    const before = auto.pipelineCounter
    const sets = await Promise.all(Array.from({ length: 1000 }, (_, i) => auto.set(`${k}:${i}`, i)))
    assert.ok(sets.every(answer => answer === 'OK'))
    assert.deepEqual(await Promise.all(Array.from({ length: 1000 }, (_, i) => auto.get(`${k}:${i}`))),
      Array.from({ length: 1000 }, (_, i) => i))
    assert.ok(auto.pipelineCounter - before <= 4, 'requests: ' + (auto.pipelineCounter - before))
  })
  test('one that fails does not fail its neighbours', async () => {
    const k = key()
    const pipeline = redis.pipeline().set(k, 'text').incr(k).get(k).lpush(k, 1).eval('return nope', [], []).incr(k + 'n')
    const outcomes = await pipeline.exec({ keepErrors: true })
    assert.deepEqual(outcomes.map(o => o.result), ['OK', undefined, 'text', undefined, undefined, 1])
    assert.match(outcomes[1].error, /^ERR value is not an integer/)
    assert.match(outcomes[3].error, /^WRONGTYPE/)
    assert.match(outcomes[4].error, /nope/)
    await assert.rejects(redis.pipeline().set(k, 'text').incr(k).exec(), /Command 2 \[ incr \] failed: ERR value is not an integer/)
  })
  test('a pipeline of every kind of reply', async () => {
    const k = key()
    assert.deepEqual(await redis.pipeline().hset(k, { a: 'b' }).hgetall(k).ping().get(key()).keys(k + '*').exec(),
      [1, { a: 'b' }, 'PONG', null, [k]])
  })
  test('a transaction', async () => {
    const k = key()
    assert.deepEqual(await redis.multi().set(k, 1).incr(k).get(k).exec(), ['OK', 2, 2])
    const some = await redis.multi().set(k, 'x').incr(k).get(k).exec({ keepErrors: true })
    assert.match(some[1].error, /^ERR value is not an integer/)
    assert.equal(some[2].result, 'x')
  })
  test('a transaction that is discarded ran nothing', async () => {
    const k = key()
    const discarded = await raw([['SET', k, '1'], ['SET', k]], {}, '/multi-exec')
    assert.equal(discarded.status, 400)
    assert.match((await discarded.json()).error, /^EXECABORT/)
    assert.equal(await redis.exists(k), 0)
  })
  test('transactions are atomic among each other', async () => {
    const k = key()
    const pairs = await Promise.all(Array.from({ length: 100 }, () => redis.multi().incr(k).incr(k).exec()))
    pairs.forEach(([a, b]) => assert.equal(b, a + 1))
    assert.equal(await redis.get(k), 200)
  })
})

describe('scripts', () => {
  test('eval, evalsha, load and exists', async () => {
    const source = `return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])} -- ${key()}`
    const k = key()
    const sha = await redis.scriptLoad(source)
    assert.match(sha, /^[0-9a-f]{40}$/)
    assert.deepEqual(await redis.scriptExists(sha, 'f'.repeat(40)), [1, 0])
    assert.deepEqual(await redis.evalsha(sha, [k], ['x']), [k, 'x', 1])
    assert.deepEqual(await redis.eval(source, [k], ['y']), [k, 'y', 2])
    await assert.rejects(redis.evalsha('e'.repeat(40), [], []), /NOSCRIPT/)
  })
  test('the Script class evaluates what Redis does not have yet', async () => {
    const script = redis.createScript(`return ARGV[1] .. '${key()}'`)
    await assert.rejects(script.evalsha([], ['a']), /NOSCRIPT/)
    assert.match(await script.exec([], ['a']), /^ak-/)
    assert.match(await script.exec([], ['a']), /^ak-/)
    assert.match(await script.evalsha([], ['a']), /^ak-/)
    assert.match(await script.eval([], ['a']), /^ak-/)
  })
  testOf(['EVAL_RO'], 'scripts that only read', async () => {
    const k = key()
    await redis.set(k, 'v')
    assert.equal(await redis.evalRo("return redis.call('GET', KEYS[1])", [k], []), 'v')
    await assert.rejects(redis.evalRo("return redis.call('SET', KEYS[1], 'w')", [k], []), /Write commands are not allowed/)
    const script = redis.createScript(`return redis.call('GET', KEYS[1]) -- ${k}`, { readonly: true })
    assert.equal(await script.exec([k], []), 'v')
    assert.equal(await script.evalshaRo([k], []), 'v')
  })
  test("Upstash's shebang, and errors with the caller's lines", async () => {
    assert.equal(await redis.eval('#!lua flags=allow-key-locking\nreturn 7', [], []), 7)
    await assert.rejects(redis.eval('local a = 1\n\nerror("oh")', [], []), /user_script:3: oh/)
    await assert.rejects(redis.eval('#!lua flags=allow-key-locking\n\nerror("oh")', [], []), /user_script:3: oh/)
  })
})

describe('channels', () => {
  test('messages are heard until the listener leaves', async () => {
    const channel = key()
    const subscriber = redis.subscribe([channel, channel + '2'])
    const heard = []
    const counts = []
    subscriber.on('subscribe', count => counts.push(count))
    subscriber.on('message', ({ channel: from, message }) => heard.push([from, message]))
    subscriber.on(`message:${channel}`, ({ message }) => heard.push(message))
    await eventually(() => assert.equal(counts.length, 2))
    assert.equal(await redis.publish(channel, { a: [1, 'ü'] }), 1)
    assert.equal(await redis.publish(channel + '2', 'plain, with a comma'), 1)
    await eventually(() => assert.equal(heard.length, 3))
    assert.deepEqual(heard.find(h => h[0] === channel), [channel, { a: [1, 'ü'] }])
    assert.deepEqual(heard.find(h => h[0] === channel + '2'), [channel + '2', 'plain, with a comma'])
    await subscriber.unsubscribe([channel])
    await eventually(async () => assert.equal(await redis.publish(channel, 'x'), 0))
    assert.equal(await redis.publish(channel + '2', 'x'), 1)
    await subscriber.unsubscribe()
    await eventually(async () => assert.equal(await redis.publish(channel + '2', 'x'), 0))
  })
  test('patterns', async () => {
    const prefix = key()
    const subscriber = redis.psubscribe([prefix + ':*'])
    const heard = []
    let ready = false
    subscriber.on('psubscribe', () => { ready = true })
    subscriber.on('pmessage', message => heard.push(message))
    await eventually(() => assert.ok(ready))
    await redis.publish(prefix + ':a', { n: 1 })
    await eventually(() => assert.equal(heard.length, 1))
    assert.deepEqual(heard[0], { pattern: prefix + ':*', channel: prefix + ':a', message: { n: 1 } })
    await subscriber.unsubscribe()
  })
})

describe('keys that may only read', { skip: !readToken && 'MILLRACE_READ_KEY is not set' }, () => {
  const reader = readToken && client({ token: readToken })
  test('may read, and nothing else', async () => {
    const k = key()
    await redis.set(k, 'v')
    assert.equal(await reader.get(k), 'v')
    await assert.rejects(reader.set(k, 'w'), /NOPERM/)
    await assert.rejects(reader.eval('return 1', [], []), /NOPERM/)
    await assert.rejects(reader.publish('c', 'm'), /NOPERM/)
    const some = await reader.pipeline().get(k).set(k, 'w').exec({ keepErrors: true })
    assert.equal(some[0].result, 'v')
    assert.match(some[1].error, /NOPERM/)
    assert.equal(await redis.get(k), 'v')
  })
  test('a wrong key is told so', async () => {
    await assert.rejects(client({ token: 'mr_nobody_x' }).get('k'), /WRONGPASS/)
  })
})

describe('@upstash/ratelimit', () => {
  const limiter = (algorithm, options = {}) => new Ratelimit({
    redis, limiter: algorithm, prefix: key(), timeout: 0, ephemeralCache: false, ...options
  })
  const use = async (ratelimit, id, times) => {
    const allowed = []
    for (let i = 0; i < times; i++) allowed.push((await ratelimit.limit(id)).success)
    return allowed
  }
  const algorithms = {
    'fixed window': Ratelimit.fixedWindow(3, '1 h'),
    'sliding window': Ratelimit.slidingWindow(3, '1 h'),
    'token bucket': Ratelimit.tokenBucket(1, '1 h', 3)
  }
  for (const [name, algorithm] of Object.entries(algorithms)) {
    for (const ephemeralCache of [false, new Map()]) {
      test(`${name}, ephemeral cache ${ephemeralCache ? 'on' : 'off'}`, async () => {
        const ratelimit = limiter(algorithm, { ephemeralCache })
        assert.deepEqual(await use(ratelimit, 'user', 5), [true, true, true, false, false])
        assert.equal((await ratelimit.getRemaining('user')).remaining, 0)
        assert.equal((await ratelimit.limit('other', { rate: 2 })).remaining, 1)
        await ratelimit.resetUsedTokens('user')
        if (!ephemeralCache) assert.equal((await ratelimit.limit('user')).success, true)
      })
    }
  }
  test('never one over the limit, with many at once', async () => {
    for (const algorithm of Object.values(algorithms)) {
      const ratelimit = limiter(algorithm)
      const answers = await Promise.all(Array.from({ length: 100 }, () => ratelimit.limit('user')))
      assert.equal(answers.filter(answer => answer.success).length, 3)
    }
  })
  test('several limits at once, each with its own prefix', async () => {
    const strict = limiter(Ratelimit.fixedWindow(1, '1 h'))
    const loose = limiter(Ratelimit.fixedWindow(5, '1 h'))
    const both = async () => (await Promise.all([strict.limit('user'), loose.limit('user')])).map(a => a.success)
    assert.deepEqual(await both(), [true, true])
    assert.deepEqual(await both(), [false, true])
  })
  test('a caller may wait', async () => {
    const ratelimit = limiter(Ratelimit.fixedWindow(1, '1 s'))
    assert.equal((await ratelimit.blockUntilReady('user', 10_000)).success, true)
    assert.equal((await ratelimit.blockUntilReady('user', 10_000)).success, true)
    assert.equal((await limiter(Ratelimit.fixedWindow(1, '1 h')).blockUntilReady('user', 100)).success, true)
  })
  test('limits that are set while it runs', async () => {
    const ratelimit = limiter(Ratelimit.fixedWindow(1, '1 h'), { dynamicLimits: true })
    await ratelimit.setDynamicLimit({ limit: 3 })
    assert.deepEqual(await use(ratelimit, 'user', 4), [true, true, true, false])
    assert.equal((await ratelimit.getDynamicLimit()).dynamicLimit, 3)
  })
  test('analytics and the deny list', async () => {
    const ratelimit = limiter(Ratelimit.slidingWindow(2, '1 h'), { analytics: true, enableProtection: true })
    // Else the client fetches a public list of addresses.
    await redis.set(`${ratelimit.prefix}:ipDenyListStatus`, 'disabled')
    const answer = await ratelimit.limit('user', { ip: '192.0.2.1' })
    await answer.pending
    assert.equal(answer.success, true)
    await redis.sadd(`${ratelimit.prefix}:denyList:all`, '192.0.2.2')
    const denied = await ratelimit.limit('other', { ip: '192.0.2.2' })
    assert.equal(denied.success, false)
    assert.equal(denied.reason, 'denyList')
  })
  test('cached fixed window', async () => {
    const ratelimit = limiter(Ratelimit.cachedFixedWindow(3, '1 h'), { ephemeralCache: new Map() })
    assert.equal((await ratelimit.limit('user')).success, true)
  })
  for (const algorithm of [MultiRegionRatelimit.fixedWindow(3, '1 h'), MultiRegionRatelimit.slidingWindow(3, '1 h')]) {
    test('of several regions', async () => {
      const ratelimit = new MultiRegionRatelimit({ redis: [redis], limiter: algorithm, prefix: key(), ephemeralCache: false, timeout: 0 })
      const answers = []
      for (let i = 0; i < 4; i++) {
        const answer = await ratelimit.limit('user')
        await answer.pending
        answers.push(answer.success)
      }
      assert.deepEqual(answers, [true, true, true, false])
    })
  }
})
