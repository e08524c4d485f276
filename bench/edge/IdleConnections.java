import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Opens connections, sends one request on each, and keeps them until standard input ends: port, number. */
public class IdleConnections {

    public static void main(String[] args) throws Exception {
        byte[] request = "GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
            open.add(socket);
            OutputStream out = socket.getOutputStream();
            out.write(request);
            InputStream in = socket.getInputStream();
            while (in.read() != '}') {
                // The body is one flat JSON object.
            }
        }
        System.out.println("open " + open.size());
        System.in.read();
    }
}
