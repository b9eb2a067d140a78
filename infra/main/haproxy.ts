import { connect, type NetConnectOpts } from 'node:net'
import type { Component } from '../../core/catalog/schema.ts'
import { fault } from '../../core/errors.ts'
import type { ControlAnswer } from '../../core/hooks/contract.ts'
import type { Limits } from '../../remediation/world.ts'

/** Longer answers than any of our commands has. */
const answerLimitBytes = 16_384

export type HaproxyRoute = Extract<NonNullable<Component['route']>, { haproxy: unknown }>['haproxy']

/**
 * Sends the users to one member at once, by HAProxy's runtime socket: the health of its server is set up, that of the others down,
 * and their sessions end. Only the health is set, nothing administrative, so HAProxy's own checks go on, and have the last word.
 */
export async function routeByHaproxy(component: Component, route: HaproxyRoute, to: string | null, limits: Limits): Promise<ControlAnswer> {
  const serverOf = (member: string) => `${route.backend}/${route.servers[member] ?? member}`
  const others = component.members.filter(({ id }) => id !== to).map(({ id }) => serverOf(id))
  const commands = [
    // First nobody, then the new one: a connection must not find the old one in between.
    ...others.map((server) => `set server ${server} health down`),
    ...others.map((server) => `shutdown sessions server ${server}`),
    ...(to === null ? [] : [`set server ${serverOf(to)} health up`]),
  ]
  for (const command of commands) {
    const answer = (await ask(route.socket, command, limits)).trim()
    if (answer !== '') throw fault('router-failed', { socket: route.socket, command, problem: answer.slice(0, 300) })
  }
  return { status: 'done', by: 'haproxy', to, down: others }
}

/** `host:port`, `[::1]:port`, or a path. */
export function placeOf(socket: string): NetConnectOpts {
  const [, six, host, port] = /^(?:\[([^\]]+)\]|([^/:]+)):(\d{1,5})$/.exec(socket) ?? []
  return port === undefined ? { path: socket } : { host: six ?? host, port: Number(port) }
}

/** One command, one connection: HAProxy ends it after the answer. */
function ask(socket: string, command: string, { timeoutMs, signal }: Limits): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(fault('deadline-passed', { what: `"${command}" to HAProxy`, timeoutMs }))
    const connection = connect(placeOf(socket))
    let answer = ''
    const end = (finish: () => void) => {
      signal.removeEventListener('abort', aborted)
      connection.destroy()
      finish()
    }
    const aborted = () => end(() => reject(fault('deadline-passed', { what: `"${command}" to HAProxy`, timeoutMs })))
    signal.addEventListener('abort', aborted, { once: true })
    connection.setEncoding('utf8')
    connection.on('connect', () => connection.write(`${command}\n`))
    connection.on('data', (data: string) => {
      answer += data
      if (answer.length > answerLimitBytes)
        end(() => reject(fault('router-failed', { socket, command, problem: `it answered more than ${answerLimitBytes} bytes` })))
    })
    connection.on('error', (error: NodeJS.ErrnoException) =>
      end(() =>
        reject(
          // What `route` tries again: it is being started anew.
          error.code === 'ECONNREFUSED' || error.code === 'ENOENT'
            ? fault('target-refused', { target: socket }, error)
            : fault('router-failed', { socket, command, problem: error.message }, error),
        ),
      ),
    )
    connection.on('end', () => {
      // An answer ends with an empty line; one that was cut says nothing.
      if (answer.endsWith('\n')) end(() => resolve(answer))
      else end(() => reject(fault('router-failed', { socket, command, problem: 'the answer was cut' })))
    })
  })
}
