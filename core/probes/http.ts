import http from 'node:http'
import https from 'node:https'
import { defineProbe, failed, noTarget, passed, type Target, whenAborted } from './define.ts'
import { connectionTrouble } from './network.ts'

/** More of an answer than this is not read: the status is known, and the body may be endless. */
const bodyLimitBytes = 65_536

/**
 * Asks what a user would ask, over a new connection: a kept one can outlive a server that no longer accepts. The time-out is for
 * all of it; a server that sends one byte a second is late, too.
 */
export const httpProbe = defineProbe('http', {
  look(target, _, { timeoutMs, signal }) {
    const url = urlOf(target)
    const { expectStatus } = target.probe
    return new Promise((resolve) => {
      let sofar = 'no connection'
      const { request: send } = url.protocol === 'https:' ? https : http
      const request = send(url, { agent: false, headers: { accept: '*/*', 'user-agent': 'jidoka-probe' } })
      const end = (seen: Parameters<typeof resolve>[0]) => {
        resolve(seen)
        request.destroy()
      }
      request.on('socket', (socket) =>
        socket.once('connect', () => {
          sofar = 'connected, but no answer'
        }),
      )
      request.on('error', (error) => {
        const { signal: trouble, summary } = connectionTrouble(error, url.host)
        end(failed(trouble, summary))
      })
      request.on('response', (response) => {
        sofar = 'no complete answer'
        const status = response.statusCode ?? 0
        const seen = status === expectStatus ? passed(`answered ${status}`) : failed('fail', `answered ${status}, not ${expectStatus}`)
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > bodyLimitBytes) end(seen)
        })
        response.on('end', () => end(seen))
        response.on('error', () => end(failed('unreachable', `${url.host} cut the connection in the middle of its answer`)))
      })
      whenAborted(signal, () => end(failed('timeout', `${sofar} within ${timeoutMs} ms`)))
      request.end()
    })
  },
})

function urlOf(target: Target<'http'>): URL {
  const { probe, member } = target
  const base = probe.url ?? member.address
  if (base === undefined) throw noTarget(target)
  return probe.path === '/' ? new URL(base) : new URL(probe.path, base)
}
