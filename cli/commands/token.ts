import { defineCommand, forScripts, reaching } from '../define.ts'
import { dayTime } from '../render.ts'

interface TokenView {
  name: string
  role: string
  createdAt: string | null
}

export const token = defineCommand('token', {
  summary: 'Bearer tokens for the API: make one, list them, revoke one',
  setup(command, cli, run) {
    reaching(command.command('create').argument('<name>').description('Make a token; it is shown once, only its hash is kept'))
      .requiredOption('--role <role>', 'viewer, responder, operator, admin or agent')
      .action(
        run(async (name, options) => {
          const made = await (await cli.api(options)).send<{ token: string }>('POST', '/v1/tokens', { name, role: options.role })
          cli.out(made.token)
          return 0
        }),
      )
    forScripts(reaching(command.command('list').description('Whose tokens there are; never the tokens themselves'))).action(
      run(async (options) => {
        const { items } = await (await cli.api(options)).get<{ items: TokenView[] }>('/v1/tokens?limit=200')
        if (options.json) cli.json({ items })
        else
          for (const { name, role, createdAt } of items)
            cli.out(`${name.padEnd(24)} ${role.padEnd(10)} ${createdAt ? dayTime(createdAt) : ''}`.trimEnd())
        return 0
      }),
    )
    reaching(
      command
        .command('revoke')
        .argument('<name>')
        .description('A token, and the cookies it was exchanged for, are good for nothing from now on'),
    ).action(
      run(async (name, options) => {
        await (await cli.api(options)).send('DELETE', `/v1/tokens/${encodeURIComponent(name)}`)
        cli.out(`${name} is revoked.`)
        return 0
      }),
    )
  },
})
