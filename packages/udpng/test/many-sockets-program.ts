import { Scheduler, Sessions, SimplePeer } from 'udpng'

// Sessions with a socket each, on the transport of its first argument: one datagram of each of 20 clients, whose peers have no
// receiver. It prints the failures, and what was counted.
const [transport] = process.argv.slice(2)
const scheduler = new Scheduler()
const sessions = new Sessions(
  () =>
    new SimplePeer({
      receiverAddr: '127.0.0.1',
      receiverPort: 9,
      transport: transport as 'dgram',
    }) as never,
)
scheduler.observe((event) => {
  if (event.kind === 'failed') console.log(event.error.message)
})
scheduler.activate(sessions)
for (let n = 1; n <= 20; n++) sessions.inbox.deliver([Buffer.from('x'), [`192.0.2.${n}`, n]])
for (let cycles = 0; cycles < 10; cycles++) scheduler.step()
console.log(JSON.stringify(sessions.stats))
scheduler.stop()
