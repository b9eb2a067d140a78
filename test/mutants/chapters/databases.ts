// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text is named here, not filled in
import { type Chapter, tests } from '../define.ts'

const keeper = 'core/hooks/agent/postgres/keeper.test.ts'
const database = 'core/hooks/agent/postgres/database.test.ts'
const rules = 'core/hooks/agent/postgres/keeper.ts'

export const databases: Chapter = {
  title: 'Databases that an agent keeps',
  defences: [
    {
      id: 'database-needs-a-lease',
      title: 'A database is made writable without a lease: nothing ends it when nobody is heard of.',
      file: rules,
      find: 'const { grant, signal } = order',
      replace: 'const { signal } = order; const grant = order.grant ?? { endsAt: 1e12, leaseMs: 5_000 }',
      killedBy: [tests(keeper, 'is given under a lease only')],
    },
    {
      id: 'database-guard-before-promote',
      title: 'A database is made writable before its deadline is at the guard: a frozen agent leaves it so.',
      file: rules,
      find: 'await guard.arm({ member,',
      replace: 'void guard.arm({ member,',
      killedBy: [tests(keeper, 'is not taken without a guard')],
    },
    {
      id: 'database-late-promote',
      title: 'The guard was waited for until the lease was over, and the database is made writable all the same.',
      file: rules,
      find: 'if (problem !== null || clock.monotonic() >= softAt) {',
      replace: 'if (problem !== null) {',
      killedBy: [tests(keeper, 'waited for until the lease was over')],
    },
    {
      id: 'database-same-process',
      title: 'Another process than the one that the guard would end is made writable.',
      file: rules,
      find: "db.target()?.pid !== target.pid ? 'its process ended meanwhile' : null",
      replace: 'null',
      killedBy: [tests(keeper, 'by another process than the one that the guard has')],
    },
    {
      id: 'database-unclear-promotion-ends',
      title: 'A promotion whose answer was lost takes effect later, without a role.',
      file: rules,
      find: 'await stepDown(Math.min(hardAt, clock.monotonic() + fenceGraceMs))',
      replace: '',
      killedBy: [tests(keeper, 'that may become writable too late is undone')],
    },
    {
      id: 'database-kill-at-the-lease',
      title: 'A database that is slow to shut down works on after its lease has ended.',
      file: rules,
      find: 'killAt: killAt === null ? by : Math.min(by, killAt)',
      replace: 'killAt: by',
      killedBy: [tests(keeper, 'is killed no later than its lease says')],
    },
    {
      id: 'database-lost-when-the-guard-says-so',
      title: 'The guard has ended the database, and the agent goes on to say that it is active.',
      file: rules,
      find: "if (isFault(error, 'guard-ended', 'stale-generation') || db.target() === null) release()",
      replace: '',
      killedBy: [tests(keeper, 'is lost when the guard says that it has ended it')],
    },
    {
      id: 'kit-lease-waits-for-its-callback',
      title: 'A lease counts as longer although the guard does not know of it.',
      file: 'core/hooks/kit/roles.ts',
      find: 'if (!on.lease) {',
      replace: 'if (true) {',
      killedBy: [tests(keeper, 'a renewal moves both deadlines')],
    },
    {
      id: 'kit-fence-aborts-a-promotion',
      title: 'A fence waits for a promotion that hangs.',
      file: 'core/hooks/kit/roles.ts',
      find: 'setLease(null) promotion.abort()',
      replace: 'setLease(null)',
      killedBy: [tests(keeper, 'a fence does not wait for a promotion that hangs')],
    },
    {
      id: 'database-starts-as-standby',
      title: 'A database that is started comes up writable, beside the one that took over.',
      file: 'core/hooks/agent/postgres/files.ts',
      find: "writeOwned(join(data, 'standby.signal'), '', user)",
      replace: '',
      killedBy: [tests(database, 'one that runs and writes when an agent begins')],
    },
    {
      id: 'database-orphans-are-swept',
      title: 'A postmaster is said to be gone while its backends commit.',
      file: 'core/hooks/agent/postgres/database.ts',
      find: 'if (ordered) return options.onDown() options.onLost()',
      replace: 'if (ordered) return options.onDown()',
      killedBy: [tests(database, 'killed under load')],
    },
    {
      id: 'database-fence-outlives-the-agent',
      title: 'Another life of the agent starts a database that was fenced.',
      file: 'core/hooks/agent/postgres/member.ts',
      find: 'fenced: state.fenced,',
      replace: '',
      killedBy: [tests(database, 'is fenced with proof, and not started by anything')],
    },
    {
      id: 'database-made-once',
      title: 'A member that waits for a copy makes an empty database of its own.',
      file: 'core/hooks/agent/postgres/database.ts',
      find: 'if (!database.bootstrap || state.had || state.generation > 0)',
      replace: 'if (false)',
      killedBy: [tests(database, 'is made where that is configured, nowhere else')],
    },
  ],
}
