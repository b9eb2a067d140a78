import type { Signal } from '../alerts/alert.ts'

/** What an error of a connection tells about the other side. `to` is the address as people know it. */
export function connectionTrouble(error: NodeJS.ErrnoException, to: string): { signal: Signal; summary: string } {
  const code = error.code ?? ''
  if (code === 'ECONNREFUSED') return { signal: 'refused', summary: `${to} refused the connection` }
  if (code.startsWith('HPE_')) return { signal: 'bad-answer', summary: `${to} answered something that is not HTTP (${code})` }
  if (code === 'ECONNRESET' || code === 'EPIPE') return { signal: 'unreachable', summary: `${to} cut the connection` }
  return { signal: 'unreachable', summary: `${to} cannot be reached (${code || error.message})` }
}

/** `host:port` of an address, with the port that its scheme implies. */
export function hostAndPort(address: string): { host: string; port: number } {
  const url = new URL(address)
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  // An IPv6 host stands in brackets in a URL, and nowhere else.
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port }
}
