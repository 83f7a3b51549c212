// CommonJS works too. A bot that accepts only people who know the password, and answers "time".
// Run: node guarded-bot.cjs PASSWORD HOST:PORT:KEY ...
const { Tox, ToxError } = require('toxcore-ts')

async function main() {
  const [password, ...bootstrap] = process.argv.slice(2)
  const tox = await Tox.create({ name: 'Clock', bootstrap })
  console.log(tox.address)
  tox.on('friendRequest', (request) => {
    if (request.message === password) return request.accept()
    console.error(`refused ${request.publicKey}`)
    request.reject()
  })
  tox.on('message', ({ friend, text }) => {
    const answer = text === 'time' ? new Date().toISOString() : 'I know only "time".'
    friend.send(answer).catch((error) => {
      if (!(error instanceof ToxError)) throw error
    })
  })
}

main()
