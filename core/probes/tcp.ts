import net from 'node:net'
import { defineProbe, failed, noTarget, passed, type Target, whenAborted } from './define.ts'
import { connectionTrouble, hostAndPort } from './network.ts'

/** Connects, and no more: it proves that the kernel accepts for a process, not that the process answers. */
export const tcpProbe = defineProbe('tcp', {
  look(target, _, { timeoutMs, signal }) {
    const { host, port } = addressOf(target)
    return new Promise((resolve) => {
      const socket = net.connect({ host, port })
      const end = (seen: Parameters<typeof resolve>[0]) => {
        resolve(seen)
        socket.destroy()
      }
      socket.on('connect', () => end(passed('accepts connections')))
      socket.on('error', (error) => {
        const { signal: trouble, summary } = connectionTrouble(error, `${host}:${port}`)
        end(failed(trouble, summary))
      })
      whenAborted(signal, () => end(failed('timeout', `no connection within ${timeoutMs} ms`)))
    })
  },
})

function addressOf(target: Target<'tcp'>): { host: string; port: number } {
  const { probe, member } = target
  const address = member.address === undefined ? undefined : hostAndPort(member.address)
  const host = probe.host ?? address?.host
  const port = probe.port ?? address?.port
  if (host === undefined || port === undefined) throw noTarget(target)
  return { host, port }
}
