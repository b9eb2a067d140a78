import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fault } from '../../../errors.ts'
import type { Place } from './settings.ts'

/** Whom PostgreSQL runs as, when we are root. */
export interface OsUser {
  uid: number
  gid: number
}

const execute = promisify(execFile)
const lastBytes = 1_500

/** Null: as ourselves. `database-unusable` when it would run as root. */
export async function findUser({ member, database }: Place): Promise<OsUser | null> {
  if (process.getuid?.() !== 0) return null
  const { osUser } = database
  const refuse = (problem: string) => fault('database-unusable', { member, problem })
  if (osUser === undefined) throw refuse('osUser: the agent is root, and PostgreSQL does not run as root; name a user of this host')
  const id = async (flag: string) => Number((await execute('id', [flag, osUser])).stdout)
  const [uid, gid] = await Promise.all([id('-u'), id('-g')]).catch((error) => {
    throw refuse(`osUser: ${lastLines(error)}`)
  })
  if (!uid || !gid) throw refuse('osUser: PostgreSQL does not run as root; name another user of this host')
  return { uid, gid }
}

export interface RunOptions {
  user: OsUser | null
  env: Record<string, string | undefined>
  limitMs: number
  signal?: AbortSignal
}

/** One of PostgreSQL's programs to its end. Faults: `database-unusable` when it is not there, `database-program` with its last words. */
export async function runProgram(
  { member, database, password }: Place,
  name: string,
  args: string[],
  { user, env, limitMs, signal }: RunOptions,
) {
  const program = join(database.bin, name)
  if (!existsSync(program)) throw fault('database-unusable', { member, problem: `bin: there is no ${name} in ${database.bin}` })
  const secret = password === null ? {} : { PGPASSWORD: password }
  try {
    await execute(program, args, {
      ...user,
      cwd: '/',
      env: { PATH: env.PATH, LC_ALL: 'C', ...secret },
      timeout: limitMs,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 2 ** 20,
      signal,
    })
  } catch (error) {
    throw fault('database-program', { member, program: name, problem: lastLines(error) }, error)
  }
}

function lastLines(error: unknown): string {
  const { stderr, killed, message } = error as { stderr?: string; killed?: boolean; message: string }
  const said = (stderr ?? '').trim().slice(-lastBytes)
  return `${killed ? 'it took too long and was ended; ' : ''}${said === '' ? message : said}`
}
