// Two workers share a port, each takes its part; a third one has a port of its own.
const cluster = require('node:cluster')
const dgram = require('node:dgram')
if (cluster.isPrimary) {
  const exclusive = cluster.fork({ EXCLUSIVE: '1' })
  const shared = cluster.fork()
  for (const worker of [exclusive, shared])
    worker.on('message', ({ port }) => {
      const sender = dgram.createSocket('udp4')
      sender.send('hello', port, '127.0.0.1', () => sender.close())
    })
} else {
  const exclusive = process.env.EXCLUSIVE === '1'
  const socket = dgram.createSocket('udp4', (data) => {
    console.log(exclusive ? 'exclusive' : 'shared', String(data), socket.stats.transport)
    socket.close()
    process.disconnect()
  })
  socket.bind({ port: 0, exclusive }, () => process.send({ port: socket.address().port }))
}
