//! One call through reqwest alone.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (url, token) = (std::env::var("URL")?, std::env::var("TOKEN")?);
    let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await?.error_for_status()?;
    println!("{:?}", answer.json::<serde_json::Value>().await?);
    Ok(())
}
