import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server that can be cut, or go silent, as networks do. */
export interface TcpProxy {
  /** The same URL, by this way. */
  through(url: string): string
  /** Ends every connection; new ones go through. */
  cut(): void
  /** Nothing arrives any more, in either direction, and nobody is told. New connections are taken and not answered. */
  silence(): void
  /** Ends the silence; what was under way in it is lost. */
  restore(): void
  /** Ends the connection on which the client next says `text`: before the server hears it, or after it has answered. */
  cutAt(text: string, when: 'before' | 'after'): void
  close(): Promise<void>
}

export async function openTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target)
  const pairs = new Set<readonly [Socket, Socket]>()
  let silent = false
  let cutting: { text: string; when: 'before' | 'after' } | null = null

  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port), allowHalfOpen: false })
    const pair = [near, far] as const
    pairs.add(pair)
    let doomed = false
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    near.on('data', (data) => {
      if (silent) return
      const found = cutting && data.includes(cutting.text) ? cutting : null
      if (found) cutting = null
      if (found?.when === 'before') return end()
      doomed ||= found !== null
      far.write(data)
    })
    far.on('data', (data) => {
      if (silent) return
      if (doomed) return end()
      near.write(data)
    })
    for (const socket of pair) socket.on('error', end).on('close', end)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const pair of [...pairs]) for (const socket of pair) socket.destroy()
  }
  return {
    through(url) {
      const own = new URL(url)
      own.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
      return own.href
    },
    cut,
    silence: () => {
      silent = true
    },
    restore() {
      silent = false
      cut()
    },
    cutAt: (text, when) => {
      cutting = { text, when }
    },
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
