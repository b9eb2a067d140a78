import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import type { Component } from '../../../catalog/schema.ts'
import type { DatabaseConfig } from '../../../catalog/schema-postgres.ts'
import { fault } from '../../../errors.ts'

/** What the configuration says of one database and of those that it copies, or is copied by. */
export interface Place {
  member: string
  database: DatabaseConfig
  /** The superuser's; null: loopback is trusted. */
  password: string | null
  others: readonly { id: string; database: DatabaseConfig }[]
  replication: NonNullable<Component['replication']>
}

const loopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** Faults `database-unusable` for what could never work. */
export function checkPlace({ member, database, password, others }: Place): void {
  const wrong = Object.keys(database.settings).filter((name) => !/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i.test(name))
  const lines = database.access.filter((line) => /[\r\n]/.test(line))
  const far = [database, ...others.map((other) => other.database)].map(({ host }) => host).filter((host) => !loopback(host))
  const problems = [
    ...(wrong.length > 0 ? [`settings: ${wrong.join(', ')} is no name of a setting`] : []),
    ...(lines.length > 0 ? ['access: one line each'] : []),
    ...(password === null && far.length > 0 ? [`passwordEnv: needed, since ${far.join(', ')} is not loopback`] : []),
    ...(database.passwordEnv !== undefined && password === null
      ? [`${database.passwordEnv} is not set in the environment of the agent`]
      : []),
  ]
  if (problems.length > 0) throw fault('database-unusable', { member, problem: problems.join('; ') })
}

/** A member's slot on its primary. */
export function slotOf(member: string): string {
  const name = `jidoka_${member.replaceAll('-', '_')}`
  return name.length <= 63 ? name : `jidoka_${createHash('sha256').update(member).digest('hex').slice(0, 32)}`
}

/** `synchronous_standby_names`: one of them must have a commit before it is acknowledged. */
export const anyOf = (members: readonly string[]) => (members.length === 0 ? '' : `ANY 1 (${members.map((id) => `"${id}"`).join(', ')})`)

export const membersIn = (names: string): string[] => [...names.matchAll(/"([^"]+)"/g)].map(([, id]) => id as string)

/** How a standby, and the programs that copy, reach another member. */
export function conninfoOf(place: Place, peer: { id: string; database: DatabaseConfig }, { secret = true } = {}): string {
  const { host, port, superuser } = peer.database
  const parts = {
    host,
    port: String(port),
    user: superuser,
    ...(place.password === null || !secret ? {} : { password: place.password }),
    dbname: 'postgres',
    application_name: place.member,
    connect_timeout: '2',
  }
  return Object.entries(parts)
    .map(([name, value]) => `${name}='${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`)
    .join(' ')
}

const quoted = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** Where nothing else is said: a standby asks again at once, and either side misses the other within seconds. */
const defaults = {
  wal_level: 'replica',
  wal_retrieve_retry_interval: '100ms',
  wal_receiver_status_interval: '1s',
  wal_receiver_timeout: '10s',
  wal_sender_timeout: '10s',
  unix_socket_directories: '',
}

export const confName = 'jidoka.conf'
export const hbaName = 'jidoka_hba.conf'

/** Our part of the configuration, read after everything else in the folder. */
export function confText(place: Place, { primary, synchronous }: { primary: string | null; synchronous: string }): string {
  const peer = place.others.find(({ id }) => id === primary)
  const slots = String(Math.max(10, 2 * place.others.length + 4))
  const settings: Record<string, string> = {
    ...defaults,
    max_wal_senders: slots,
    max_replication_slots: slots,
    max_slot_wal_keep_size: `${Math.max(1, Math.ceil(place.replication.maxSlotBytes / 2 ** 20))}MB`,
    ...place.database.settings,
    synchronous_standby_names: synchronous,
    primary_conninfo: peer ? conninfoOf(place, peer) : '',
    primary_slot_name: peer ? slotOf(place.member) : '',
    recovery_target_timeline: 'latest',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}`)
  return ['# Written by Jidoka before every start; changes are lost. See docs/postgres.md.', ...lines, ''].join('\n')
}

/** What must be so whatever the configuration says: on the command line, which nothing overrides. */
export function serverArgs({ member, database }: Place): string[] {
  const settings = {
    listen_addresses: database.host,
    port: String(database.port),
    cluster_name: member,
    hba_file: hbaName,
    hot_standby: 'on',
    wal_log_hints: 'on',
    logging_collector: 'off',
    // Ended by us alone: a backend that crashes takes the others down, and recovery follows under the same role.
    restart_after_crash: 'on',
  }
  return ['-D', database.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** Ourselves and the other members first; then what the configuration allows. */
export function hbaText({ database, password, others }: Place): string {
  const hosts = new Set(['127.0.0.1', '::1', database.host, ...others.map((other) => other.database.host)])
  const users = new Set([database.superuser, ...others.map((other) => other.database.superuser)])
  const method = password === null ? 'trust' : 'scram-sha-256'
  const lines = [...hosts].flatMap((host) => {
    const version = isIP(host)
    const place = version === 0 ? host : `${host}/${version === 4 ? 32 : 128}`
    return [...users].flatMap((user) => [`host all "${user}" ${place} ${method}`, `host replication "${user}" ${place} ${method}`])
  })
  return ['# Written by Jidoka before every start; see `access` in its configuration.', ...lines, ...database.access, ''].join('\n')
}
