import type Database from 'better-sqlite3'

/** Transactions that share one commit at most: nobody waits for more than so many others. */
const groupLimit = 256

interface Waiting {
  /** Does the work; what it answers is called after the commit. */
  run(): () => void
  fail(error: unknown): void
}

/** Commits what it is given, alone or together with what else this turn brings; a failing one takes no other with it. */
export function committer(db: Database.Database, failed: (error: unknown) => unknown, grouping: 'turn' | 'none') {
  const begin = db.prepare('begin immediate')
  const commit = db.prepare('commit')
  const rollback = db.prepare('rollback')
  const savepoint = db.prepare('savepoint one')
  const release = db.prepare('release one')
  const undo = db.prepare('rollback to one')
  const waiting: Waiting[] = []
  let planned = false

  function alone<T>(work: () => T): T {
    begin.run()
    try {
      const result = work()
      commit.run()
      return result
    } catch (error) {
      if (db.inTransaction) rollback.run()
      throw error
    }
  }

  /** Runs one of a group. A full disk can end the whole transaction; then nobody's writes are left. */
  function isolated(one: Waiting): (() => void) | null {
    savepoint.run()
    try {
      const settle = one.run()
      release.run()
      return settle
    } catch (error) {
      if (!db.inTransaction) throw error
      undo.run()
      release.run()
      one.fail(error)
      return null
    }
  }

  function together(group: readonly Waiting[]): void {
    try {
      const settles = alone(() => (group.length === 1 ? [(group[0] as Waiting).run()] : group.map(isolated)))
      for (const settle of settles) settle?.()
    } catch (error) {
      for (const one of group) one.fail(error)
    }
  }

  function flush(): void {
    planned = false
    while (waiting.length > 0) together(waiting.splice(0, groupLimit))
  }

  function enter<T>(work: () => T): T | Promise<T> {
    if (grouping === 'none') return alone(work)
    return new Promise<T>((resolve, reject) => {
      waiting.push({
        run() {
          const result = work()
          return () => resolve(result)
        },
        fail: (error) => reject(failed(error)),
      })
      if (planned) return
      planned = true
      setImmediate(flush)
    })
  }
  return Object.assign(enter, { flush })
}
