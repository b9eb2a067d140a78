import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** The server's side of a WebSocket: text frames, pings, closing. Enough for Socket Mode; no extensions, no binary. */
export interface Peer {
  send(text: string): void
  /** Closes as RFC 6455 says, so the other side sees a close frame. */
  close(): void
  /** Cuts the line: the other side sees a reset. */
  cut(): void
  readonly open: boolean
}

export interface PeerEvents {
  text(text: string): void
  closed(): void
}

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const opcodes = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 }

export function acceptWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer, events: PeerEvents): Peer {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${magic}`).digest('base64')
  socket.write(
    ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade', `sec-websocket-accept: ${accept}`, '', ''].join(
      '\r\n',
    ),
  )
  let open = true
  let buffered = head
  let parts: Buffer[] = []

  const closed = () => {
    if (!open) return
    open = false
    events.closed()
  }
  const write = (opcode: number, payload: Buffer) => {
    if (open && socket.writable) socket.write(Buffer.concat([header(opcode, payload.length), payload]))
  }

  function take({ opcode, final, payload }: Frame): void {
    if (opcode === opcodes.ping) write(opcodes.pong, payload)
    else if (opcode === opcodes.close) {
      write(opcodes.close, payload.subarray(0, 2))
      socket.end()
      closed()
    } else if (opcode === opcodes.text || opcode === opcodes.continuation) {
      parts.push(payload)
      if (!final) return
      const text = Buffer.concat(parts).toString('utf8')
      parts = []
      events.text(text)
    }
  }

  function read(chunk: Buffer): void {
    buffered = Buffer.concat([buffered, chunk])
    for (let frame = nextFrame(buffered); frame; frame = nextFrame(buffered)) {
      buffered = buffered.subarray(frame.size)
      take(frame)
    }
  }

  socket.on('data', read)
  socket.on('close', closed)
  socket.on('error', closed)
  if (head.length > 0) read(Buffer.alloc(0))

  return {
    send: (text) => write(opcodes.text, Buffer.from(text)),
    close() {
      write(opcodes.close, Buffer.from([0x03, 0xe8]))
      socket.end()
      closed()
    },
    cut() {
      closed()
      socket.destroy()
    },
    get open() {
      return open
    },
  }
}

interface Frame {
  opcode: number
  final: boolean
  payload: Buffer
  /** Bytes it took. */
  size: number
}

/** The first whole frame of a client (always masked), or undefined when more has to come. */
function nextFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 6) return
  const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)]
  const short = second & 0x7f
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
  const start = 2 + lengthBytes + 4
  if (bytes.length < start) return
  const length = lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (bytes.length < start + length) return
  const mask = bytes.subarray(start - 4, start)
  const payload = Buffer.from(bytes.subarray(start, start + length))
  for (let index = 0; index < payload.length; index += 1) payload[index] = (payload[index] as number) ^ (mask[index % 4] as number)
  return { opcode: first & 0x0f, final: (first & 0x80) !== 0, payload, size: start + length }
}

function header(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode
  if (length < 126) return Buffer.from([first, length])
  if (length < 65_536) return Buffer.from([first, 126, length >> 8, length & 0xff])
  const long = Buffer.alloc(10)
  long.writeUInt8(first, 0)
  long.writeUInt8(127, 1)
  long.writeBigUInt64BE(BigInt(length), 2)
  return long
}
