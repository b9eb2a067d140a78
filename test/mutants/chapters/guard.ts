// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text is named here, not filled in
import { type Chapter, tests } from '../define.ts'

const guarded = (only: string) => [tests('core/hooks/guard/guard.test.ts', only)]
const killing = (only: string) => [tests('core/hooks/agent/postgres/kill.test.ts', only)]
const evidence = (only: string) => [tests('remediation/evidence.test.ts', only)]
const loading = (only: string) => [tests('core/catalog/crosscheck-failover.test.ts', only)]

const duty = 'core/hooks/guard/duty.ts'
const kill = 'core/hooks/agent/postgres/kill.ts'
const proof = 'remediation/evidence.ts'
const checks = 'core/catalog/crosscheck-failover.ts'

export const guard: Chapter = {
  title: 'Never two databases: the guard, and proof that one has ended',
  defences: [
    {
      id: 'guard-process',
      title: 'An agent is frozen, and its database takes writes beside the next active one.',
      file: duty,
      find: 'if (now >= hardAt) return void finish(entry)',
      replace: 'if (now >= hardAt) return',
      killedBy: guarded('frozen: its database is ended'),
    },
    {
      id: 'guard-soft-end',
      title: 'The guard kills without asking first, and the last commits do not reach the standby.',
      file: duty,
      find: 'interrupt(watch)',
      replace: '',
      killedBy: guarded('ends the database in order'),
    },
    {
      id: 'guard-ended-stays-ended',
      title: 'What the guard ended is armed once more by an agent that thawed, and believes in its role.',
      file: duty,
      find: "if (ended && same(ended, target)) throw fault('guard-ended'",
      replace: "if (false && ended) throw fault('guard-ended'",
      killedBy: guarded('for a process that the guard has ended'),
    },
    {
      id: 'guard-refuses-the-past',
      title: 'A role is taken whose deadline has passed on the way.',
      file: duty,
      find: 'if (lateMs >= 0)',
      replace: 'if (false)',
      killedBy: guarded('is refused when it lies in the past'),
    },
    {
      id: 'guard-knows-generations',
      title: 'An order that was held up moves the deadline of a newer role.',
      file: duty,
      find: "if (generation < seen) throw fault('stale-generation'",
      replace: "if (false) throw fault('stale-generation'",
      killedBy: guarded('an order of an older generation moves nothing'),
    },
    {
      id: 'guard-remembers-fences',
      title: 'The next guard arms a role that was fenced before it was started.',
      file: 'core/hooks/guard/server.ts',
      find: 'file.write({ generation }, { durable: true })',
      replace: '',
      killedBy: guarded('is remembered: an older role is armed no more'),
    },
    {
      id: 'guard-is-replaced',
      title: 'A guard that hangs is waited for, and its agent is without one.',
      file: 'core/hooks/guard/link.ts',
      find: 'if (missed > missedPings) end()',
      replace: 'if (false) end()',
      killedBy: guarded('is stopped: it is ended and replaced'),
    },
    {
      id: 'guard-is-told-again',
      title: 'A new guard knows nothing of the deadlines of the one that was killed.',
      file: 'core/hooks/guard/link.ts',
      find: 'await restore(one)',
      replace: '',
      killedBy: guarded('is killed: another one is there within a second'),
    },
    {
      id: 'guard-stays-while-armed',
      title: 'A guard that is told to end leaves an active database behind.',
      file: 'core/hooks/guard/guard.ts',
      find: 'if (duty.count() === 0 && (closing || idle))',
      replace: 'if (closing || idle)',
      killedBy: guarded('never while something is armed'),
    },
    {
      id: 'orphans-are-ended',
      title: 'A backend whose postmaster has died commits after the receipt.',
      file: kill,
      find: 'if (names.includes(name) && here(id)) found.add(id)',
      replace: 'if (false && here(id)) found.add(Number(name))',
      killedBy: killing('is found by its folder'),
    },
    {
      id: 'another-life-is-spared',
      title: 'A process that got the id of a former postmaster is killed in its place.',
      file: kill,
      find: 'identityOf(pid).startTime === startTime ? pid : null',
      replace: 'startTime !== null ? pid : null',
      killedBy: killing('not a process that got the id'),
    },
    {
      id: 'port-must-refuse',
      title: 'The receipt of a kill is given while somebody still answers at the port.',
      file: kill,
      find: 'if (!newer) await refused(target, clock, endsAt)',
      replace: '',
      killedBy: killing('no proof, no receipt'),
    },
    {
      id: 'proof-or-lease',
      title: 'A fence command that failed counts as proof.',
      file: proof,
      find: "silent.set('fence command', error.message) return null",
      replace: "return { receipt: 'instance-fenced', by: 'fence command' }",
      killedBy: evidence('only if that ends well'),
    },
    {
      id: 'guard-refusal-counts',
      title: 'A guard that obeys a newer controller counts as silent, and the older one goes on.',
      file: proof,
      find: 'const guardMute: readonly ErrorCode[] = [...silence,',
      replace: "const guardMute: readonly ErrorCode[] = ['stale-generation', ...silence,",
      killedBy: evidence('a guard that cannot end it has no say'),
    },
    {
      id: 'frozen-agent-is-not-waited-for',
      title: 'A frozen agent is waited for although its guard could prove the end at once.',
      file: proof,
      find: 'const guardAfterMs = 400',
      replace: 'const guardAfterMs = 60_000',
      killedBy: evidence('by the guard when the agent is dead or frozen'),
    },
    {
      id: 'margin-covers-the-kill',
      title: 'Timings are accepted with which two databases are active for a moment.',
      file: checks,
      find: 'dualMs > 0',
      replace: 'dualMs > 1e9',
      killedBy: loading('two could be active'),
    },
    {
      id: 'usable-lease',
      title: 'Timings are accepted with which a healthy database loses its role all the time.',
      file: checks,
      find: '3 * renewMs > usableMs',
      replace: '3 * renewMs > 1e9',
      killedBy: loading('two lost renewals would take the role'),
    },
    {
      id: 'lease-is-not-endless',
      title: 'A lease is accepted that is longer than any fence waits: nobody is ever promoted.',
      file: checks,
      find: 'if (waitMs <= limitMs) return []',
      replace: 'if (waitMs > 0) return []',
      killedBy: loading('nobody would ever be promoted'),
    },
    {
      id: 'databases-have-a-guard',
      title: 'A database is kept by an agent whose freezing nobody would notice in time.',
      file: checks,
      find: 'byAgent.has(id) && guard === undefined',
      replace: 'false',
      killedBy: loading('without a guard'),
    },
    {
      id: 'one-renewal-for-the-silent',
      title: 'Renewals to a database that fell silent put off its switch until it is seen to fail.',
      file: 'remediation/roles.ts',
      find: 'const doubted = keepsDatabases(component) &&',
      replace: 'const doubted = false &&',
      killedBy: [tests('remediation/roles.test.ts', 'by renewals to a silent database')],
    },
  ],
}
