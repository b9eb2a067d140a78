// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text is named here, not filled in
import { type Chapter, tests } from '../define.ts'

const access = 'core/api/access.test.ts'
const wire = 'core/api/serve.test.ts'
const config = 'core/config.test.ts'

export const doors: Chapter = {
  title: 'Doors: the API and the configuration',
  defences: [
    {
      id: 'api-needs-a-token',
      title: 'A stranger reads the platform and orders restarts.',
      file: 'core/api/gate.ts',
      find: "if (!found) throw fault('unauthorized')",
      replace: "if (!found) return { name: 'nobody', role: 'admin', by: 'bearer' }",
      killedBy: [tests(access, 'without a valid token nothing of /v1 is told')],
    },
    {
      id: 'api-needs-the-role',
      title: 'A token for reading switches automation off.',
      file: 'core/api/gate.ts',
      find: 'if (!mayDo(who.role, needs)) throw',
      replace: 'if (false) throw',
      killedBy: [tests(access, 'is refused before anything is read')],
    },
    {
      id: 'agents-do-what-agents-do',
      title: 'The token of an agent, which lies on every host, resolves incidents.',
      file: 'core/api/gate.ts',
      find: "return role !== 'agent' && ranks[role] >= ranks[needs]",
      replace: "return role === 'agent' || ranks[role] >= ranks[needs]",
      killedBy: [tests(access, 'may be done by')],
    },
    {
      id: 'agents-report-their-own',
      title: 'An agent reports the end of a member that it does not supervise.',
      file: 'core/api/agents.ts',
      find: 'if (strangers.length > 0) {',
      replace: 'if (false) {',
      killedBy: [tests('core/api/commands.test.ts', 'a member of somebody else')],
    },
    {
      id: 'same-origin',
      title: 'A page of another site acts with the cookie of the board.',
      file: 'core/api/gate.ts',
      find: "if (site !== undefined ? site !== 'same-origin' : origin !== new URL(c.req.url).origin) throw",
      replace: 'if (false) throw',
      killedBy: [tests(access, 'a write with it from')],
    },
    {
      id: 'host-is-checked',
      title: 'A foreign page that calls itself by this machine’s address reads the API (DNS rebinding).',
      file: 'core/api/gate.ts',
      find: 'if (!known && !signed.includes(c.req.path)) throw',
      replace: 'if (false) throw',
      killedBy: [tests(access, 'the name it is asked under')],
    },
    {
      id: 'body-limit-told',
      title: 'A body that says that it is huge is read to its end.',
      file: 'core/api/body.ts',
      find: "if (Number(c.req.header('content-length') ?? 0) > limitBytes) throw",
      replace: 'if (false) throw',
      killedBy: [tests(wire, 'a body that says it is too large')],
    },
    {
      id: 'body-limit-counted',
      title: 'A body that does not say how long it is fills the memory.',
      file: 'core/api/body.ts',
      find: 'if (size > limitBytes) throw',
      replace: 'if (false) throw',
      killedBy: [tests(wire, 'a body that does not say its length is counted')],
    },
    {
      id: 'body-in-time',
      title: 'Bodies that never come hold every connection.',
      file: 'core/api/body.ts',
      find: "clock.after(limitMs, () => reject(fault('body-too-slow', { limitMs })))",
      replace: '() => {}',
      killedBy: [tests(wire, 'a body that does not come is answered 408')],
    },
    {
      id: 'api-replays-by-key',
      title: 'A repeated order to the API is carried out twice.',
      file: 'core/api/idempotency.ts',
      find: 'if (answer) return replay(c, answer)',
      replace: 'if (answer) break',
      killedBy: [tests('core/api/idempotency.test.ts', 'the same key gets the first answer again')],
    },
    {
      id: 'unknown-keys-refused',
      title: 'A guard whose name is misspelt in the configuration is silently not there.',
      file: 'core/catalog/schema.ts',
      find: 'export const configSchema = z.strictObject({',
      replace: 'export const configSchema = z.object({',
      killedBy: [tests(config, 'an unknown key at the top')],
    },
    {
      id: 'unsafe-lease-refused',
      title: 'Lease timings that take the role from a healthy member are accepted.',
      file: 'core/catalog/crosscheck-failover.ts',
      find: 'if (3 * renewMs <= lease.ttlMs) return []',
      replace: 'return []',
      killedBy: [tests(config, 'a lease that one slow renewal would lose')],
    },
    {
      id: 'one-hook-per-member',
      title: 'Two members behind one hook are taken for two actives, or one for the other.',
      file: 'core/catalog/crosscheck.ts',
      find: '...repeated(members.filter((member) => member.hooks).map((member) => [`${member.path}.hooks`, member.hooks as string] as const)),',
      replace: '',
      killedBy: [tests(config, 'two members behind one hook')],
    },
    {
      id: 'token-file-is-private',
      title: 'Everybody on the machine reads the token of the controller.',
      file: 'core/api/tokens.ts',
      find: "if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw",
      replace: 'if (false) throw',
      killedBy: [tests('core/api/tokens.test.ts', 'a token file that others can read is refused')],
    },
  ],
}
