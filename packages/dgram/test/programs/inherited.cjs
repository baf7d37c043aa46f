// The first process gives the descriptor of its socket to a child, which binds to it.
const { spawn } = require('node:child_process')
const dgram = require('node:dgram')
if (process.argv[2] === 'child') {
  const socket = dgram.createSocket('udp4', (data) => {
    console.log(String(data), socket.stats.transport, socket.stats.received)
    socket.close()
  })
  socket.bind({ fd: 3 })
} else {
  const socket = dgram.createSocket('udp4')
  socket.bind(0, '127.0.0.1', () => {
    const state = Object.getOwnPropertySymbols(socket).find((s) => s.description === 'state symbol')
    const { fd } = socket[state].handle
    spawn(process.execPath, [...process.execArgv, __filename, 'child'], {
      stdio: ['inherit', 'inherit', 'inherit', fd],
    })
    const sender = dgram.createSocket('udp4')
    sender.send('hello', socket.address().port, () => {
      sender.close()
      socket.close()
    })
  })
}
