// Preloaded by every peer: whatever it would like to tell the world, it stays on this machine.
import net from 'node:net'

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function connectWithin(...args) {
  // Node's own callers pass one array of what they have made of the arguments.
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  const asked = typeof first === 'object' && first !== null ? first : { port: first, host: second }
  const host = typeof asked.host === 'string' ? asked.host : 'localhost'
  if (asked.path === undefined && !loopback.test(host)) throw new Error(`${host} is not on this machine`)
  return connect.apply(this, args)
}

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function listenWithin(first, ...rest) {
  if (typeof first !== 'number') return listen.call(this, first, ...rest)
  return listen.call(this, { port: first, host: '127.0.0.1' }, ...rest.filter((one) => typeof one === 'function'))
}
