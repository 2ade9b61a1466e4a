// Follows a topic and takes the messages of an account, for as long as it runs: whatever happens to the line, the server or the session, it comes back and misses nothing.
//   npm install ws
//   EMAIL=… PASSWORD=… node follow.mjs [HOST:PORT] [TOPIC]
import WebSocket from 'ws'

const [base = '127.0.0.1:5080', topic = 'antrean:default'] = process.argv.slice(2)
const { EMAIL: email, PASSWORD: password } = process.env

let device = '' // kept where both survive the program, it misses nothing while it is down either
let seen = {}
let session
let pause = 1000

async function sign(path, body) {
  const answer = await fetch(`http://${base}/api/auth/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
  const { data } = await answer.json()
  session = { ...data, until: Date.now() + data.expires_in * 900 }
}

async function accessToken() {
  if (session && Date.now() < session.until) return session.access_token
  const last = session
  session = undefined // a refresh token is good once: one whose answer was lost is never shown again
  if (last) await sign('refresh', { refresh_token: last.refresh_token }).catch((error) => console.log(error.message))
  if (!session) await sign('login', { email, password, session: 'token' })
  return session.access_token
}

async function connect() {
  try {
    follow(await accessToken())
  } catch (error) {
    console.log(error.message)
    comeBack()
  }
}

function comeBack() {
  setTimeout(connect, pause * (0.5 + Math.random()))
  pause = Math.min(pause * 2, 60_000)
}

function follow(token) {
  const ws = new WebSocket(`ws://${base}/ws${device}`, { headers: { Authorization: `Bearer ${token}` }, handshakeTimeout: 15_000 })
  const say = (message) => ws.send(JSON.stringify(message))
  const taken = []
  let beat = 25
  let silence

  const heard = () => {
    clearTimeout(silence)
    silence = setTimeout(() => ws.terminate(), 2 * beat * 1000) // a line can be dead without a word
  }

  ws.on('open', () => {
    heard()
    say({ type: 'subscribe', topic, ...seen }) // with offset and epoch: also what came meanwhile
  })
  ws.on('message', (data) => {
    const frame = JSON.parse(data)
    console.log(JSON.stringify(frame))
    if (frame.type === 'connection_status') {
      beat = frame.heartbeat_seconds
      if (frame.connection_id) device = `?connection_id=${frame.connection_id}`
      pause = 1000
    }
    if (frame.type === 'subscribed' && !frame.recovered) console.log('look now at what you show: what came before this is not told')
    if (frame.type === 'subscribed' || frame.type === 'broadcast') seen = { offset: frame.offset, epoch: frame.epoch }
    // Together, because 30 messages a second are the most that a client may say.
    if (frame.type === 'message' && taken.push(frame.id) === 1) setTimeout(() => say({ type: 'ack', ids: taken.splice(0) }), 50)
    heard()
  })
  ws.on('error', (error) => {
    if (error.message.endsWith('401')) session = undefined
    console.log(error.message)
  })
  ws.on('close', (code) => {
    clearTimeout(silence)
    console.log(`closed ${code}`)
    if (code === 4401) session = undefined
    if ([4400, 4403, 4409, 4413].includes(code)) process.exitCode = 1 // nothing that time mends
    else comeBack()
  })
}

await connect()
