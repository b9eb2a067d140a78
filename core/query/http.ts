import http from 'node:http'
import https from 'node:https'
import { connectionTrouble } from '../probes/network.ts'
import { type Asking, answerLimitBytes, deadline, failed, tookTooLong } from './problem.ts'

const redirectsMax = 3

interface Received {
  status: number
  location: string | undefined
  text: string
}

/** Asks an address, and answers its body. Goes where it is sent within the same origin only: nobody else gets the token. */
export async function bodyOf(given: URL, token: string | undefined, asking: Asking): Promise<string> {
  const startedAt = asking.clock.monotonic()
  let url = given
  for (let hops = 0; ; hops++) {
    const { status, location, text } = await get(url, token, {
      ...asking,
      restMs: asking.timeoutMs - (asking.clock.monotonic() - startedAt),
    })
    if (status >= 200 && status < 300) return text
    if (status < 300 || status >= 400 || location === undefined) throw failed(asking, `it answered ${status}`)
    if (!URL.canParse(location, url.href)) throw failed(asking, `it answered ${status} with a location that is no address`)
    const next = new URL(location, url)
    if (next.origin !== given.origin) throw failed(asking, `it answered ${status}, to another host (${next.host}); nobody else is asked`)
    if (hops >= redirectsMax) throw failed(asking, `it answered ${status} more than ${redirectsMax} times`)
    url = next
  }
}

function get(url: URL, token: string | undefined, asking: Asking & { restMs: number }): Promise<Received> {
  return new Promise((resolve, reject) => {
    const { request: send } = url.protocol === 'https:' ? https : http
    const request = send(url, {
      agent: false,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'jidoka-query',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    })
    const end = (settle: () => void) => {
      cancelTimer()
      settle()
      request.destroy()
    }
    const stop = (error: Error) => end(() => reject(error))
    const cancelTimer = deadline(asking, () => stop(tookTooLong(asking)), asking.restMs)
    request.on('error', (error) => stop(failed(asking, connectionTrouble(error, url.host).summary)))
    request.on('response', (response) => {
      const parts: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > answerLimitBytes) stop(failed(asking, `it answers more than ${answerLimitBytes} bytes`))
        else parts.push(chunk)
      })
      response.on('error', () => stop(failed(asking, `${url.host} cut the connection in the middle of its answer`)))
      response.on('end', () =>
        end(() =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location,
            text: Buffer.concat(parts, bytes).toString(),
          }),
        ),
      )
    })
    request.end()
  })
}
