// The peer of `./alur bench fanout`: a topic over the package `ws`, as its documentation shows it. Each line on standard input goes to every follower.
import { createInterface } from 'node:readline'
import { WebSocket, WebSocketServer } from 'ws'

const followers = new Set()
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })

server.on('listening', () => console.log(`http://127.0.0.1:${server.address().port}`))
server.on('connection', (socket) => {
  socket.on('error', () => socket.terminate())
  socket.on('close', () => followers.delete(socket))
  socket.on('message', (data) => {
    const message = JSON.parse(data)
    if (message.type !== 'subscribe') return
    followers.add(socket)
    socket.send(JSON.stringify({ type: 'subscribed', topic: message.topic }))
  })
})

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const frame = Buffer.from(line) // made once, so that no follower costs an encoding
    for (const socket of followers) if (socket.readyState === WebSocket.OPEN) socket.send(frame, { binary: false })
  })
  .on('close', () => process.exit(0))
