// What memcheck watches: sockets that send and receive in all the ways there are, arguments that are refused, garbage, and
// workers that load and unload the addon. It ends with status 0 when all it expects comes true.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { noStats } from '@udpng/basic-peer'
import { nativeTransport } from '@udpng/native'

const addon = createRequire(import.meta.url)(process.env.UDPNG_ADDON)
const transport = nativeTransport()
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

async function eventually(what, fact) {
  for (let turns = 0; turns < 20_000 && !fact(); turns++) await turn()
  assert(fact(), what)
}

function open(family, host, more = {}) {
  const stats = noStats()
  const failed = []
  const onFailed = (_, error) => failed.push(error.code)
  const options = { family, host, port: 0, receive: true, stats, onFailed, onSettled() {}, ...more }
  const socket = transport.open(options)
  return { socket, stats, failed }
}

/** Sends runs of datagrams of these sizes to a socket, and reads each before the next. */
async function flow(family, host, details) {
  const receiver = open(family, host, { recvBufferSize: 1 << 20, details })
  const sender = open(family, host)
  const [, port] = receiver.socket.address
  const runs = [
    ...new Array(20).fill(new Array(200).fill(64)), // after the first ones, the kernel puts them together
    [0, 1, 2, 1, 0, 9000, 1472, 100, 100, 50, 100],
    [65_507],
    Array.from({ length: 80 }, (_, i) => i),
  ]
  for (const [round, sizes] of runs.entries()) {
    const payloads = sizes.map((size) => Buffer.alloc(size, round))
    const local = details && round % 2 === 0 ? { local: host } : {}
    sender.socket.send(payloads.map((data) => ({ data, host, port, ...local })))
    const got = []
    await eventually(`run ${round} arrives`, () => {
      got.push(...receiver.socket.read(256))
      return got.length === payloads.length
    })
    assert.deepEqual(Buffer.concat(got.map(([data]) => data)), Buffer.concat(payloads))
    if (details) for (const [, , { local }] of got) assert.equal(local, host)
  }
  // Unread datagrams are counted, also at the close; undeliverable ones are reported in the error queue.
  sender.socket.send([{ data: Buffer.alloc(10), host, port }])
  receiver.socket.close()
  assert.equal(receiver.stats.dropped.unread, 1)
  sender.socket.watch('read', () => {})
  await eventually('an error is reported', () => {
    sender.socket.send([{ data: Buffer.alloc(10), host, port }])
    return sender.stats.refused > 0
  })
  sender.socket.send([{ data: Buffer.alloc(65_536), host, port }])
  assert.deepEqual(sender.failed, ['EMSGSIZE'])
  sender.socket.close()
}

/** Unix sockets: one that is read late, so that its queue fills up, and answers to abstract addresses. */
async function unix() {
  const options = { stats: noStats(), onFailed() {}, onSettled() {} }
  const [receiver, sender] = ['@udpng-memcheck', ''].map((path) =>
    transport.openUnix({ path, receive: true, ...options }),
  )
  const to = ([host, port], data) => [{ host, port, data }]
  for (let i = 0; i < 200; i++) sender.send(to(receiver.address, Buffer.alloc(i * 300, i)))
  let received = 0
  await eventually('all arrive', () => {
    for (const [data, from] of receiver.read(7)) {
      assert.equal(data.length, received++ * 300)
      assert.deepEqual(from, sender.address)
    }
    return sender.pending === 0 && received > 0
  })
  receiver.close()
  sender.send(to(receiver.address, Buffer.alloc(1)))
  sender.close()
}

/** Calls every function with what is wrong in one place, and in its own place what is right. */
function refusals() {
  const handle = addon.open(4, () => {})
  const [bytes, names] = [new Uint8Array(64), new Uint8Array(28)]
  const [rows, slots] = [new Int32Array(6), new Int32Array(3)]
  const [details, paths] = [new Uint8Array(48), new Uint8Array(112)]
  const right = {
    open: [4, () => {}],
    watch: [handle, 0],
    bind: [handle, names],
    nameOf: [handle, names],
    setOption: [handle, 1, 8, bytes],
    getOption: [handle, 1, 8, bytes],
    pack: ['fe80::1%lo', 1500, names, 0],
    hostOf: [names, 0],
    openUnix: [() => {}],
    packPath: ['/run/x', paths, 0],
    pathOf: [paths, 0],
    send: [handle, bytes, names, rows, 0, 1],
    receive: [handle, bytes, names, slots, 1, details],
    strideOf: [bytes, details],
    interfaceOf: [1],
    refusals: [handle, names, slots],
    close: [handle],
  }
  const wrong = [undefined, null, {}, '', -1, 2 ** 31, Number.NaN, new Uint8Array(0), () => {}]
  const long = '1'.repeat(200)
  for (const [name, values] of Object.entries(right))
    for (const at of [...values.keys(), values.length])
      for (const bad of [...wrong, long])
        try {
          addon[name](...values.map((value, i) => (i === at ? bad : value)))
        } catch (error) {
          assert(error instanceof TypeError)
        }
  assert.throws(() => addon.watch(handle, 0))
}

/** Sockets that are closed in their notice, or by the garbage collector only. */
async function garbage() {
  let notices = 0
  for (let i = 0; i < 100; i++) {
    const handle = addon.open(4, () => {
      notices++
      addon.close(handle)
    })
    addon.watch(handle, 2)
    addon.watch(
      addon.open(6, () => {}),
      0,
    )
  }
  await eventually('all notices are given', () => notices === 100)
  for (let i = 0; i < 10; i++) {
    collect()
    await turn()
  }
}

/** A worker that ends by itself, or is terminated with sockets open. */
async function worker(ends) {
  const source = `
    const addon = require(process.env.UDPNG_ADDON)
    const open = Array.from({ length: 10 }, () => addon.open(4, () => {}))
    for (const handle of open) addon.watch(handle, 1)
    if (${ends}) for (const handle of open) addon.close(handle)
    require('node:worker_threads').parentPort.postMessage('open')`
  const started = new Worker(source, { eval: true })
  const exit = once(started, 'exit')
  await once(started, 'message')
  if (!ends) await started.terminate()
  await exit
}

for (const [family, host] of [
  [4, '127.0.0.1'],
  [6, '::1'],
])
  for (const details of [false, true]) await flow(family, host, details)
await unix()
refusals()
await garbage()
for (const ends of [true, false, true, false]) await worker(ends)
