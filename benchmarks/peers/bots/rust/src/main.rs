// The bot of the burst benchmark with twitch-irc-rs: counts lines, answers !hello and !lines. $ENDPOINT, $CHANNELS, $LOGIN, $TOKEN,
// $CA_FILE say where and as whom.
use async_trait::async_trait;
use std::env::var;
use tokio::net::TcpStream;
use tokio_native_tls::{native_tls, TlsConnector, TlsStream};
use twitch_irc::login::StaticLoginCredentials;
use twitch_irc::message::ServerMessage;
use twitch_irc::transport::tcp::{MakeConnection, TCPTransport, TCPTransportConnectError};
use twitch_irc::transport::Transport;
use twitch_irc::{ClientConfig, TwitchIRCClient};

/// Host and port of the endpoint.
fn address() -> String {
    var("ENDPOINT").unwrap().split("://").nth(1).unwrap().to_string()
}

struct Plain;

#[async_trait]
impl MakeConnection for Plain {
    type Socket = TcpStream;

    async fn new_socket() -> Result<TcpStream, TCPTransportConnectError> {
        Ok(TcpStream::connect(address()).await?)
    }
}

struct Tls;

#[async_trait]
impl MakeConnection for Tls {
    type Socket = TlsStream<TcpStream>;

    async fn new_socket() -> Result<Self::Socket, TCPTransportConnectError> {
        let ca = native_tls::Certificate::from_pem(&std::fs::read(var("CA_FILE").unwrap())?)?;
        let connector = native_tls::TlsConnector::builder().add_root_certificate(ca).build()?;
        let socket = TcpStream::connect(address()).await?;
        Ok(TlsConnector::from(connector).connect("localhost", socket).await?)
    }
}

async fn run<T: Transport>() {
    let login = StaticLoginCredentials::new(var("LOGIN").unwrap(), Some(var("TOKEN").unwrap()));
    let mut config = ClientConfig::new_simple(login);
    // How long a message blocks a connection of the pool for others: it would open new connections for each of many replies.
    config.time_per_message = std::time::Duration::from_micros(1);
    let (mut incoming, client) = TwitchIRCClient::<T, StaticLoginCredentials>::new(config);
    for channel in var("CHANNELS").unwrap().split(',') {
        client.join(channel.to_owned()).unwrap();
    }
    let mut lines = 0u64;
    while let Some(message) = incoming.recv().await {
        if let ServerMessage::Privmsg(message) = message {
            lines += 1;
            let reply = match message.message_text.as_str() {
                "!hello" => format!("Hello, {}!", message.sender.name),
                "!lines" => format!("lines: {lines}"),
                _ => continue,
            };
            // Not awaited: the next line must not wait until this one is written.
            let client = client.clone();
            tokio::spawn(async move { client.say(message.channel_login, reply).await.unwrap() });
        }
    }
}

#[tokio::main]
async fn main() {
    if var("ENDPOINT").unwrap().starts_with("ircs:") {
        run::<TCPTransport<Tls>>().await;
    } else {
        run::<TCPTransport<Plain>>().await;
    }
}
