import { defineCommand, reaching } from '../define.ts'

export const token = defineCommand('token', {
  summary: 'Make a bearer token for the API',
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
  },
})
