// Loaded before a function: connects to the bench's TLS proxy instead of Google's hosts.
const dns = require('node:dns');
const { Socket } = require('node:net');

const PROXY_HOST = '127.0.0.1';
const isGoogle = (host) => String(host).endsWith('.googleapis.com');

const { lookup } = dns;
dns.lookup = (host, ...rest) => lookup(isGoogle(host) ? PROXY_HOST : host, ...rest);
const lookupLater = dns.promises.lookup;
dns.promises.lookup = (host, ...rest) => lookupLater(isGoogle(host) ? PROXY_HOST : host, ...rest);

const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (options?.port === 443 || options?.port === '443') options.port = Number(process.env.BENCH_TLS_PORT);
  return connect.apply(this, args);
};
