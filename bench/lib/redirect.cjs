// Loaded before a function: Google's hosts are on this machine, on the port of the bench's front.
const dns = require('node:dns');
const { Socket } = require('node:net');

const HERE = '127.0.0.1';
const isGoogle = (host) => String(host).endsWith('.googleapis.com');

const { lookup } = dns;
dns.lookup = (host, ...rest) => lookup(isGoogle(host) ? HERE : host, ...rest);
const lookupLater = dns.promises.lookup;
dns.promises.lookup = (host, ...rest) => lookupLater(isGoogle(host) ? HERE : host, ...rest);

const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (options?.port === 443 || options?.port === '443') options.port = Number(process.env.BENCH_TLS_PORT);
  return connect.apply(this, args);
};
