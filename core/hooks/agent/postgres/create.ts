import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from '../../../errors.ts'
import { makeFolder, writeStart } from './files.ts'
import { type OsUser, runProgram } from './programs.ts'
import { type Place, serverArgs } from './settings.ts'

const initLimitMs = 120_000

/** A new database in an empty folder, with the superuser's password and the settings of its configuration. It never listened so far. */
export async function createDatabase(place: Place, { user, env }: { user: OsUser | null; env: Record<string, string | undefined> }) {
  const { data, superuser } = place.database
  try {
    makeFolder(data, user)
    const args = ['-D', data, '-U', superuser, '--auth=trust', '--encoding=UTF8', '--locale=C', '--data-checksums']
    await runProgram(place, 'initdb', args, { user, env, limitMs: initLimitMs })
    await runAlone(place, user, env)
  } catch (error) {
    // Half of one would be taken for a database, or for somebody's files.
    rmSync(data, { recursive: true, force: true })
    throw error
  }
}

/**
 * One process, without a port: it sets the password, and notes the settings in the control file. A standby refuses to start with
 * smaller ones than those of the server that wrote its WAL, and that would be the defaults.
 */
async function runAlone(place: Place, user: OsUser | null, env: Record<string, string | undefined>) {
  const { data, bin, superuser } = place.database
  writeStart(place, { primary: null, synchronous: '' }, user)
  rmSync(join(data, 'standby.signal'))
  const [, , ...settings] = serverArgs(place)
  const child = spawn(join(bin, 'postgres'), ['--single', '-D', data, ...settings, 'postgres'], {
    ...user,
    cwd: data,
    env: { PATH: env.PATH, LC_ALL: 'C' },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => {
    said = (said + text).slice(-1_500)
  })
  child.stdin.on('error', () => {}) // it ended first: 'exit' tells why
  child.stdin.end(place.password === null ? '' : `alter role "${superuser}" password '${place.password.replaceAll("'", "''")}'\n`)
  const [code] = await once(child, 'exit')
  if (code !== 0) throw fault('database-program', { member: place.member, program: 'postgres --single', problem: said || `code ${code}` })
}
